import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { freePort } from '@harbor/shared-testing/free-port'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Running, SEAL_KEYS, startFailing, startProcess, upstreamAddresses } from './harness.ts'

const LABELS = 40
/** `GET /s/HB-1001`, confirmable, with the token `54`. */
const PATH = Buffer.concat([Buffer.from('07', 'hex'), Buffer.from('HB-1001')])
const GET = Buffer.concat([Buffer.from('4101000054b173', 'hex'), PATH])
/** The same with Observe, and with the Echo value of a challenge, which its last eight bytes are. */
const OBSERVE = Buffer.concat([Buffer.from('410100015460' + '5173', 'hex'), PATH])
const withEcho = (challenge: Buffer) =>
  Buffer.concat([OBSERVE, Buffer.from('d8e4', 'hex'), challenge.subarray(-8)])
const CONTENT = 0x45

describe('two processes on one CoAP port', () => {
  let services: Running
  let replicas: Running[]
  let labels: Socket[]
  let port: number
  beforeAll(async () => {
    services = await startProcess('mock-services')
    const demo = await (await fetch(`${services.addresses.control}/demo`)).json()
    port = await freePort()
    const env = {
      ...upstreamAddresses(demo.services),
      COAP_PORT: String(port),
      COAP_REUSE_PORT: 'true',
      COAP_PLAIN_DEVICE: 'd101',
      MQTT_PORT: '0',
    }
    replicas = [await startProcess('iot-bff', env), await startProcess('iot-bff', env)]
    labels = Array.from({ length: LABELS }, () => createSocket('udp4'))
  })
  afterAll(async () => {
    for (const label of labels) label.close()
    for (const replica of replicas) await replica.kill()
    await services.stop()
  })

  const asked = async (label: Socket, datagram: Buffer): Promise<Buffer> => {
    const answer = once(label, 'message', { signal: AbortSignal.timeout(5_000) })
    label.send(datagram, port, '127.0.0.1')
    const [received] = await answer
    return received
  }
  const observers = async ({ addresses }: Running): Promise<number> => {
    const { details } = await (await fetch(`${addresses.management}/readyz`)).json()
    return details.coap.observers
  }

  it('each label is served by one of them, which notifies it of each change once', async () => {
    for (const label of labels) {
      const registered = await asked(label, withEcho(await asked(label, OBSERVE)))
      expect(registered[1]).toBe(CONTENT)
    }
    const counts = await Promise.all(replicas.map(observers))
    expect(counts[0]).toBeGreaterThan(0)
    expect(counts[1]).toBeGreaterThan(0)
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(LABELS)

    const told = labels.map((label) => {
      const payloads: string[] = []
      label.on('message', (datagram) => payloads.push(datagram.toString('latin1').slice(-1)))
      return payloads
    })
    await fetch(`${services.addresses.control}/stock/ber/HB-1001`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ available: 0 }),
    })
    await expect.poll(() => told.every((payloads) => payloads.length > 0), { timeout: 10_000 }).toBe(true)
    expect(told.every((payloads) => payloads.join() === '0')).toBe(true)
    for (const label of labels) label.removeAllListeners('message')
  })

  it('when one dies, the other serves its labels', async () => {
    await replicas[0]?.kill()
    const answers = await Promise.all(labels.map((label) => asked(label, GET)))
    expect(answers.every((answer) => answer[1] === CONTENT)).toBe(true)
  })

  it('do not start when their OSCORE messages could be numbered alike', async () => {
    const { code, said } = await startFailing('iot-bff', { COAP_REUSE_PORT: 'true', SEAL_KEYS })
    expect([code, said]).toEqual([1, expect.stringContaining('REDIS_URL: given nothing; needed with')])
  })
})
