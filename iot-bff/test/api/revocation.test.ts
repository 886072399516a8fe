import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { findTool, runTool } from '@harbor/shared-testing/tools'
import { connectAsync, type IClientOptions } from 'mqtt'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { CODE } from '../../src/codecs/coap-message.ts'
import { newKey } from '../../src/devices/key.ts'
import { coapFace, parsed, request } from '../coap-peer.ts'
import { runFilledApp } from '../run-app.ts'

const ADMIN_TOKEN = 'an-admin-token-of-a-test'
const LISTS = { list: 'shelf', lists: { shelf: { version: 1, skus: ['HB-1001'] } } }
/** Within what a revocation has to be effective everywhere. */
const EVERYWHERE_MS = 1_000

const mosquittoPub = findTool('mosquitto_pub')

describe.skipIf(!hasRedis())('two replicas over one Redis', () => {
  let here: Awaited<ReturnType<typeof runFilledApp>>
  let there: Awaited<ReturnType<typeof runFilledApp>>
  beforeAll(async () => {
    const { url } = await RedisServer.start()
    const env = { ADMIN_TOKEN, REDIS_URL: url, COAP_PLAIN_DEVICE: '' }
    ;[here, there] = [await runFilledApp(env), await runFilledApp(env)]
  })
  afterAll(async () => {
    await Promise.all([here.stop(), there.stop()])
    stopRedisServers()
  })

  const act = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    const response = await here.manage(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    expect(response.ok).toBe(true)
    return response.status === 204 ? undefined : response.json()
  }
  const status = async (app: typeof here, key: string) => (await app.http('/s/HB-1001', { k: key })).status
  const session = async (
    app: typeof here,
    username: string,
    password: string,
    options: IClientOptions = {},
  ) => {
    const client = await connectAsync(app.addresses.mqtt ?? '', {
      username,
      password,
      reconnectPeriod: 0,
      ...options,
    })
    onTestFinished(() => client.endAsync(true))
    const closed = new Promise<number>((resolve) => client.once('close', () => resolve(performance.now())))
    return { client, closed }
  }

  test('a revoked device is refused and its MQTT sessions end within a second, on both', async () => {
    const { key } = await act('POST', '/devices', { id: 'r1', store: 'ber', ...LISTS })
    await expect.poll(() => status(there, key)).toBe(200)
    const sessions = [await session(here, 'r1', key), await session(there, 'r1', key)]
    const start = performance.now()
    await act('DELETE', '/devices/r1')
    expect(await status(here, key)).toBe(401)
    await expect.poll(() => status(there, key), { interval: 10 }).toBe(401)
    expect(performance.now() - start).toBeLessThan(EVERYWHERE_MS)
    for (const { closed } of sessions) expect((await closed) - start).toBeLessThan(EVERYWHERE_MS)
    await expect(session(there, 'r1', key)).rejects.toThrow('Not authorized')
  })

  test('a rotated key works at once on both; sessions of the old one end with its grace, others stay', async () => {
    const { key: old } = await act('POST', '/devices', { id: 'r2', store: 'ber', ...LISTS })
    await expect.poll(() => status(there, old)).toBe(200)
    const byOld = await session(there, 'r2', old)
    const start = performance.now()
    const { key } = await act('POST', '/devices/r2/keys', { graceSeconds: 1 })
    await expect.poll(() => status(there, key), { interval: 10 }).toBe(200)
    expect(performance.now() - start).toBeLessThan(EVERYWHERE_MS)
    const byNew = await session(there, 'r2', key)
    expect(byOld.client.connected).toBe(true)
    const ended = (await byOld.closed) - start
    expect(ended).toBeGreaterThan(900)
    expect(ended).toBeLessThan(1_000 + EVERYWHERE_MS)
    expect([await status(there, old), await status(there, key), byNew.client.connected]).toEqual([
      401,
      200,
      true,
    ])
  })

  test('revoking one key ends the sessions that it opened, and only those', async () => {
    const { key: old, keys } = await act('POST', '/devices', { id: 'r3', store: 'ber', ...LISTS })
    const { key } = await act('POST', '/devices/r3/keys', { graceSeconds: 600 })
    const [byOld, byNew] = [await session(here, 'r3', old), await session(here, 'r3', key)]
    await act('DELETE', `/devices/r3/keys/${keys[0].id}`)
    await byOld.closed
    expect(byNew.client.connected).toBe(true)
  })

  test("a device does not end another's session by taking its client id", async () => {
    const one = await act('POST', '/devices', { id: 'r4', store: 'ber', ...LISTS })
    const other = await act('POST', '/devices', { id: 'r5', store: 'ber', ...LISTS })
    const victim = await session(here, 'r4', one.key, { clientId: 'label-1' })
    await session(here, 'r5', other.key, { clientId: 'label-1' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(victim.client.connected).toBe(true)
    const again = await session(here, 'r4', one.key, { clientId: 'label-1' })
    await victim.closed
    expect(again.client.connected).toBe(true)
  })

  test.skipIf(!mosquittoPub)('mosquitto_pub may not publish, with whatever key', async () => {
    const { key } = await act('POST', '/devices', { id: 'r6', store: 'ber', ...LISTS })
    const port = here.addresses.mqtt?.split(':').at(-1) ?? ''
    const options = ['-h', '127.0.0.1', '-p', port, '-u', 'r6', '-P', key, '-q', '1', '-r']
    await runTool('timeout', ['2', mosquittoPub ?? '', ...options, '-t', 's/ber/HB-1001', '-m', '0'])
    expect(await (await here.http('/s/HB-1001', { k: key })).text()).toBe('1')
  })
})

describe('observers over CoAP', () => {
  const observed = async () => {
    const face = await coapFace()
    onTestFinished(() => face.observations.stop())
    face.fill()
    await new Promise((resolve) => setImmediate(resolve))
    face.observe('/s/HB-1001')
    face.observe('/b', { token: '55' })
    expect(face.observations.count).toBe(2)
    const record = face.devices.records.get('d101')
    if (record === undefined) throw new Error('the demo has no d101')
    return { ...face, record }
  }

  test('of a device that lost its last key are told 4.01 and removed', async () => {
    const { devices, record, observations, sent, ask } = await observed()
    devices.put('d101', { ...record, keys: [] })
    expect(sent.map(({ datagram }) => parsed(datagram).code)).toEqual([CODE.UNAUTHORIZED, CODE.UNAUTHORIZED])
    expect(observations.count).toBe(0)
    expect(ask(request('/s/HB-1001')).code).toBe(CODE.UNAUTHORIZED)
  })

  test('of a device that belongs to another store now ask anew', async () => {
    const { devices, record, observations } = await observed()
    devices.put('d101', { ...record, store: 'ham' })
    expect(observations.count).toBe(0)
  })

  test('observations of a device that gets an additional key continue', async () => {
    const { devices, record, observations, sent } = await observed()
    devices.put('d101', { ...record, keys: [...record.keys, newKey().kept] })
    expect([observations.count, sent]).toEqual([2, []])
  })

  test('of a list that was taken from the device are told 4.04, once, and are gone', async () => {
    const { devices, record, observations, sent } = await observed()
    devices.put('d101', { ...record, list: 'x', lists: { x: { version: 1, skus: ['HB-1001'] } } })
    await new Promise((resolve) => setImmediate(resolve))
    expect(sent.map(({ datagram }) => parsed(datagram).code)).toEqual([CODE.NOT_FOUND])
    expect(observations.count).toBe(1)
  })
})
