import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import { anyRequest } from '@harbor/shared-testing/fuzz-http'
import { checkAnswers, FUZZ_RUNS, FUZZ_TIMEOUT_MS, fuzz } from '@harbor/shared-testing/fuzzing'
import fc from 'fast-check'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CODE, OPTION, parseMessage } from '../../src/codecs/coap-message.ts'
import { request, uint } from '../coap-peer.ts'
import { mutated } from '../mutated.ts'
import { DEMO_KEY, runFilledApp } from '../run-app.ts'

let app: Awaited<ReturnType<typeof runFilledApp>>
beforeAll(async () => {
  const [many, connections] = ['999999999', '10000']
  app = await runFilledApp({
    DEVICE_REQUESTS_PER_MINUTE: many,
    BAD_KEYS_PER_MINUTE: many,
    MQTT_CONNECTIONS_PER_DEVICE: connections,
  })
})
afterAll(() => app.stop())

const portOf = (address: string | undefined) => Number(address?.split(':').at(-1))

const anyBytes = fc.uint8Array({ maxLength: 200 }).map(Buffer.from)

test('over HTTP, whatever is sent is answered without a server error', {
  timeout: FUZZ_TIMEOUT_MS,
}, async () => {
  const { check, statuses } = checkAnswers(() => portOf(app.addresses.http))
  const requests = anyRequest({
    targets: [
      ['GET', '/s/HB-1001'],
      ['GET', '/b'],
      ['GET', '/b/shelf'],
      ['GET', '/.well-known/core'],
    ],
    headers: [
      ['k', DEMO_KEY],
      ['k', DEMO_KEY],
      ['accept', 'application/cbor'],
      ['accept', 'application/senml+cbor;q=0.5, */*'],
      ['if-none-match', '"AQ"'],
    ],
  })
  await fuzz(requests, check, { runs: FUZZ_RUNS / 2 })
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 401, 404]))
  if (process.env.SOAK === 'true') process.stdout.write(`devices ${JSON.stringify([...statuses])}\n`)
  expect((await app.http('/s/HB-1001')).status).toBe(200)
})

const DATAGRAMS = 20

test('over CoAP, whatever comes leaves the next request answered, and none with an internal error', {
  timeout: FUZZ_TIMEOUT_MS,
}, async () => {
  const socket = createSocket('udp4')
  const codes = new Map<number, number>()
  let awaited: (() => void) | undefined
  socket.on('message', (datagram) => {
    const message = parseMessage(datagram)
    const code = message && 'code' in message ? message.code : -1
    codes.set(code, (codes.get(code) ?? 0) + 1)
    if (message && 'token' in message && message.token.toString('hex') === 'feedfeed') awaited?.()
  })
  const seeds = [
    request('/s/HB-1001'),
    request('/b'),
    request('/s/HB-1001', { options: [uint(OPTION.OBSERVE, 0)] }),
    request('/s/HB-1001', {
      options: [uint(OPTION.ACCEPT, 60), { number: OPTION.ETAG, value: Buffer.from([1]) }],
    }),
    request('/.well-known/core', {
      options: [{ number: OPTION.PROXY_URI, value: Buffer.from('coap://a/') }],
    }),
    Buffer.from([0x40, 0, 0, 1]),
    Buffer.from([0x70, 0, 0, 1]),
  ]
  const bursts = fc.array(fc.oneof({ weight: 4, arbitrary: mutated(seeds) }, anyBytes), {
    minLength: DATAGRAMS,
    maxLength: DATAGRAMS,
  })
  const send = (datagram: Buffer) => socket.send(datagram, app.coapPort, '127.0.0.1')
  await fuzz(
    bursts,
    async (burst) => {
      for (const datagram of burst) send(datagram)
      const answered = new Promise<void>((resolve, reject) => {
        awaited = resolve
        setTimeout(
          () => reject(new Error(`no answer after ${burst.map((d) => d.toString('hex'))}`)),
          5_000,
        ).unref()
      })
      send(request('/s/HB-1001', { token: 'feedfeed' }))
      await answered
    },
    { runs: Math.ceil((FUZZ_RUNS * 0.4) / DATAGRAMS) },
  )
  if (process.env.SOAK === 'true') process.stdout.write(`coap ${JSON.stringify([...codes])}\n`)
  // 5.00; what is not available or not proxied (5.03, 5.05) is said on purpose.
  expect(codes.get(0xa0)).toBeUndefined()
  expect(codes.get(CODE.CONTENT)).toBeGreaterThan(0)
  socket.close()
})

/** CONNECT, SUBSCRIBE, PUBLISH, PINGREQ and DISCONNECT as a device would send them. */
const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)])
const packet = (type: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([type, body.length]), body])
}
const CONNECT = packet(
  0x10,
  text('MQTT'),
  Buffer.from([4, 0xc2, 0, 60]),
  text('c'),
  text('d101'),
  text(DEMO_KEY),
)
const CONNECT_5 = packet(
  0x10,
  text('MQTT'),
  Buffer.from([5, 0xc2, 0, 60, 0]),
  text('c'),
  text('d101'),
  text(DEMO_KEY),
)
const SUBSCRIBE = packet(0x82, Buffer.from([0, 1]), text('s/ber/#'), Buffer.from([1]))
const PUBLISH = packet(0x32, text('s/ber/HB-1001'), Buffer.from([0, 2]), Buffer.from('1'))
const WILL = packet(
  0x10,
  text('MQTT'),
  Buffer.from([4, 0xc6, 0, 60]),
  text('w'),
  text('s/ber/x'),
  text('1'),
  text('d101'),
  text(DEMO_KEY),
)

test('over MQTT, whatever is sent leaves the broker and its flags as they are', {
  timeout: FUZZ_TIMEOUT_MS,
}, async () => {
  const port = portOf(app.addresses.mqtt)
  const session = [
    CONNECT,
    CONNECT_5,
    WILL,
    SUBSCRIBE,
    PUBLISH,
    Buffer.from([0xc0, 0]),
    Buffer.from([0xe0, 0]),
  ]
  const packets = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...session) },
      { weight: 3, arbitrary: mutated(session) },
      anyBytes,
    ),
    { maxLength: 5 },
  )
  await fuzz(
    packets,
    async (sent) => {
      const socket = net.connect(port, '127.0.0.1').on('error', () => {})
      socket.setTimeout(5, () => socket.destroy())
      socket.resume().write(Buffer.concat([CONNECT, ...sent]))
      await once(socket, 'close')
    },
    { runs: FUZZ_RUNS / 10 },
  )
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { username: 'd101', password: DEMO_KEY })
  const flags = new Map<string, string>()
  client.on('message', (topic, payload) => flags.set(topic, payload.toString('latin1')))
  await client.subscribeAsync('s/ber/#')
  await expect.poll(() => flags.size).toBe(20)
  expect(flags.get('s/ber/HB-1001')).toHaveLength(1)
  expect([...flags.keys()].every((topic) => /^s\/ber\/HB-10\d\d$/.test(topic))).toBe(true)
  await client.endAsync()
})
