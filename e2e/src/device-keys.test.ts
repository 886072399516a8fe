import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { findTool, startTool } from '@harbor/shared-testing/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Running, SEAL_KEYS, startProcess, upstreamAddresses } from './harness.ts'

const ADMIN_TOKEN = 'an-admin-token-of-a-test'
const DEMO_DEVICES = fileURLToPath(new URL('../../iot-bff/devices.demo.json', import.meta.url))
const LISTS = { list: 'shelf', lists: { shelf: { version: 1, skus: ['HB-1001', 'HB-1002'] } } }
/** The time in which a revocation must take effect on every replica. */
const EVERYWHERE_MS = 1_000

const coapClient = findTool('coap-client', 'coap-client-notls')
const mosquittoSub = findTool('mosquitto_sub')

describe.skipIf(!hasRedis())('an operator and the keys of devices, on two replicas', () => {
  let services: Running
  let replicas: Running[]
  beforeAll(async () => {
    services = await startProcess('mock-services')
    const redis = await RedisServer.start()
    const demo = await (await fetch(`${services.addresses.control}/demo`)).json()
    const env = {
      ...upstreamAddresses(demo.services),
      COAP_PORT: '0',
      MQTT_PORT: '0',
      COAP_PLAIN_DEVICE: 'd101',
      DEVICES_FILE: DEMO_DEVICES,
      REDIS_URL: redis.url,
      ADMIN_TOKEN,
      SEAL_KEYS,
    }
    replicas = await Promise.all([startProcess('iot-bff', env), startProcess('iot-bff', env)])
  })
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()))
    await services.stop()
    stopRedisServers()
  })

  const act = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${replicas[0]?.addresses.management}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    expect(answer.ok).toBe(true)
    return answer.status === 204 ? undefined : answer.json()
  }
  const statuses = (key: string) =>
    Promise.all(
      replicas.map(async ({ addresses }) => {
        const answer = await fetch(`${addresses.http}/s/HB-1001`, { headers: { k: key } })
        await answer.arrayBuffer()
        return answer.status
      }),
    )
  const everywhere = (key: string, status: number) =>
    expect.poll(() => statuses(key), { timeout: EVERYWHERE_MS, interval: 20 }).toEqual([status, status])

  it('creates one, rotates its key and revokes it: each is effective on both within a second', async () => {
    const { key: old } = await act('POST', '/devices', { id: 'e1', store: 'ber', ...LISTS })
    await everywhere(old, 200)
    const { key } = await act('POST', '/devices/e1/keys', { graceSeconds: 2 })
    await everywhere(key, 200)
    expect(await statuses(old)).toEqual([200, 200])
    await expect.poll(() => statuses(old), { timeout: 2_000 + EVERYWHERE_MS }).toEqual([401, 401])
    await act('DELETE', '/devices/e1')
    await everywhere(key, 401)
    for (const { lines } of replicas)
      for (const secret of [old, key]) expect(lines.join()).not.toContain(secret)
  })

  it('does it with the commands of the recipe', async () => {
    const recipe = await readFile(new URL('../../docs/recipes/manage-devices.md', import.meta.url), 'utf8')
    const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(recipe) ?? []
    const { management, http } = replicas[0]?.addresses ?? {}
    const script = block
      .replace('http://localhost:9002', `${management}`)
      .replace('http://localhost:4002', `${http}`)
    const env = { PATH: process.env.PATH, ADMIN_TOKEN }
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      env,
      timeout: 20_000,
    })
    expect(stdout.match(/(?<=^[01]? ?)\d{3}$/gm)).toEqual(['200', '200', '200', '204', '401', '204', '401'])
    expect(stdout).toMatch(/"context":\{"id":"\w{6}","masterSecret":"\w{32}"/)
    expect(stdout).toContain('"top":{"version":2,"skus":["HB-1003"]}')
  })

  it.skipIf(!mosquittoSub)('cuts off who is connected by MQTT', async () => {
    const { key } = await act('POST', '/devices', { id: 'e2', store: 'ber', ...LISTS })
    await everywhere(key, 200)
    const port = replicas[1]?.addresses.mqtt?.split(':').at(-1) ?? ''
    const options = ['-h', '127.0.0.1', '-p', port, '-u', 'e2', '-P', key, '-t', 's/ber/HB-1001', '-d']
    const label = startTool(mosquittoSub ?? '', options)
    await expect.poll(label.output, { timeout: 5_000 }).toContain('SUBACK')
    const start = performance.now()
    await act('DELETE', '/devices/e2')
    // It reconnects by itself, and is refused.
    await expect
      .poll(() => label.output() + label.errors(), { timeout: 5_000, interval: 20 })
      .toContain('not authori')
    expect(performance.now() - start).toBeLessThan(2 * EVERYWHERE_MS)
    label.end()
    await label.ended
  })

  it.skipIf(!coapClient)('sends away who observes by CoAP', async () => {
    const label = startTool(coapClient ?? '', [
      '-s',
      '10',
      '-B',
      '12',
      `${replicas[1]?.addresses.coap}/s/HB-1001`,
    ])
    await expect.poll(label.output, { timeout: 5_000 }).toMatch(/^[01]$/)
    const { keys } = await act('GET', '/devices/d101')
    await act('DELETE', `/devices/d101/keys/${keys[0].id}`)
    await expect.poll(label.errors, { timeout: EVERYWHERE_MS, interval: 20 }).toContain('4.01')
    label.end()
    await label.ended
  })
})
