import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect as openSocket, type Socket } from 'node:net'
import { connectAsync, type IClientOptions } from 'mqtt'
import { expect, onTestFinished, test, vi } from 'vitest'
import { coapFace, optionOf, parsed, request, uint, uintOf } from '../../test/coap-peer.ts'
import { DEMO_KEY, OTHER_KEY, runFilledApp } from '../../test/run-app.ts'
import { CODE, OPTION, TYPE } from '../codecs/coap-message.ts'
import type { Endpoint } from '../protocols/coap-endpoint.ts'

const limited = async (env: Record<string, string>) => {
  const app = await runFilledApp(env)
  onTestFinished(app.stop)
  return app
}

test('over HTTP a device over its limit is told 429 and when to return; another is not', async () => {
  const app = await limited({ DEVICE_REQUESTS_PER_MINUTE: '5' })
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) statuses.push((await app.http('/s/HB-1001')).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  const refused = await app.http('/b')
  const wait = refused.headers.get('retry-after')
  expect([refused.status, await refused.text(), wait]).toEqual([429, '', '12'])
  expect(refused.headers.get('ratelimit')).toBe(`"device";r=0;t=${wait}`)
  expect((await app.http('/b', { k: OTHER_KEY })).status).not.toBe(429)
})

test('an answer within the limit says nothing of limits: eight bytes count', async () => {
  const app = await limited({})
  const names = [...(await app.http('/s/HB-1001')).headers.keys()]
  expect(names.filter((name) => /limit|retry/.test(name))).toEqual([])
})

test('over HTTP an address without a valid key is told 429, and a device behind it goes on', async () => {
  const app = await limited({ BAD_KEYS_PER_MINUTE: '4' })
  const answers = []
  for (let i = 0; i < 6; i++) answers.push(await app.http('/s/HB-1001', i % 2 ? { k: `guess-${i}` } : {}))
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 429, 429])
  const wait = Number(answers[5]?.headers.get('retry-after'))
  expect(answers[5]?.headers.get('ratelimit')).toBe(`"address";r=0;t=${wait}`)
  // A place of its own behind the one that was refused before it, 15 s each.
  expect(wait).toBeGreaterThanOrEqual(29)
  expect(wait).toBeLessThanOrEqual(38)
  expect(answers[5]?.headers.get('connection')).toBe('close')
  expect((await app.http('/s/HB-1001', { k: DEMO_KEY })).status).toBe(200)
})

test('over CoAP an address over its limit is told 4.29 with Max-Age, for CON and NON; another is not', async () => {
  const face = await coapFace({ requestsPerMinute: 5 })
  onTestFinished(() => face.observations.stop())
  face.fill()
  for (let i = 0; i < 5; i++) expect(face.ask(request('/s/HB-1001')).code).toBe(CODE.CONTENT)
  for (const type of [TYPE.CON, TYPE.NON]) {
    const answer = face.ask(request('/s/HB-1001', { type }))
    expect([answer.code, answer.payload.length]).toEqual([0x9d, 0])
    expect(uintOf(answer, OPTION.MAX_AGE)).toBeGreaterThanOrEqual(12)
    expect(uintOf(answer, OPTION.MAX_AGE)).toBeLessThanOrEqual(30)
  }
  const neighbour = { address: '2001:db8::7', port: 40_001 }
  for (let i = 0; i < 5; i++) expect(face.ask(request('/b'), neighbour).code).toBe(CODE.CONTENT)
  expect(face.ask(request('/b'), { address: '2001:db8::ffff:1', port: 7 }).code).toBe(CODE.TOO_MANY_REQUESTS)
  expect(face.ask(request('/b'), { address: '2001:db8:0:1::7', port: 7 }).code).toBe(CODE.CONTENT)
})

test('over CoAP what is no request has no limit, and takes nothing of it', async () => {
  const face = await coapFace({ requestsPerMinute: 1 })
  onTestFinished(() => face.observations.stop())
  face.fill()
  const ping = Buffer.from('40001234', 'hex')
  for (let i = 0; i < 10; i++) expect(face.handle(ping, { address: '192.0.2.7', port: 1 })?.length).toBe(4)
  expect(face.ask(request('/s/HB-1001')).code).toBe(CODE.CONTENT)
})

test('one device has one allowance over all protocols that know it', async () => {
  const app = await limited({ DEVICE_REQUESTS_PER_MINUTE: '8' })
  const client = await session(app.addresses.mqtt)
  for (let i = 0; i < 3; i++) await client.subscribeAsync(`s/ber/HB-100${i}`)
  const statuses: number[] = []
  for (let i = 0; i < 5; i++) statuses.push((await app.http('/b')).status)
  // One for the log-in and three for the subscriptions.
  expect(statuses).toEqual([200, 200, 200, 200, 429])
})

async function session(address: string | undefined, options: IClientOptions = {}) {
  const device = { username: 'd101', password: DEMO_KEY, reconnectPeriod: 0 }
  const client = await connectAsync(address ?? '', { ...device, ...options })
  onTestFinished(() => client.endAsync(true))
  return client
}

test('over MQTT a device over its limit is cut off, and its next log-in is refused as unavailable', async () => {
  const app = await limited({ DEVICE_REQUESTS_PER_MINUTE: '20' })
  const client = await session(app.addresses.mqtt)
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  for (let i = 0; i < 30; i++) client.subscribe(`s/ber/A${i}`, () => {})
  await closed
  await expect(session(app.addresses.mqtt)).rejects.toMatchObject({ code: 3 })
  await session(app.addresses.mqtt, { username: 'd102', password: OTHER_KEY })
})

test('acknowledging the flags of a whole store takes nothing of the limit', async () => {
  const app = await limited({ DEVICE_REQUESTS_PER_MINUTE: '5' })
  const client = await session(app.addresses.mqtt)
  let flags = 0
  client.on('message', () => flags++)
  await client.subscribeAsync('s/ber/#', { qos: 1 })
  await expect.poll(() => flags).toBe(20)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(client.connected).toBe(true)
})

test('over MQTT a device has so many connections; the same client id takes the place of its own', async () => {
  const app = await limited({ MQTT_CONNECTIONS_PER_DEVICE: '2' })
  const first = await session(app.addresses.mqtt, { clientId: 'one' })
  const second = await session(app.addresses.mqtt, { clientId: 'two' })
  await expect(session(app.addresses.mqtt, { clientId: 'three' })).rejects.toMatchObject({ code: 3 })
  const again = await session(app.addresses.mqtt, { clientId: 'two' })
  expect([first.connected, again.connected]).toEqual([true, true])
  await expect.poll(() => second.connected).toBe(false)
  await first.endAsync()
  await expect
    .poll(() =>
      session(app.addresses.mqtt, { clientId: 'three' }).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
})

test('over MQTT an address without a valid key is refused, then as unavailable; a device behind it comes in', async () => {
  const app = await limited({ BAD_KEYS_PER_MINUTE: '2' })
  const codes: unknown[] = []
  for (let i = 0; i < 3; i++)
    await session(app.addresses.mqtt, { password: `guess-${i}` }).catch(({ code }) => codes.push(code))
  expect(codes).toEqual([5, 5, 3])
  expect((await session(app.addresses.mqtt)).connected).toBe(true)
})

/** A raw connection to the broker that has logged in, if told to. */
async function raw(address: string | undefined, { loggedIn = false } = {}): Promise<Socket> {
  const socket = openSocket(Number(address?.split(':').at(-1)), '127.0.0.1').on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  if (!loggedIn) return socket
  const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)])
  const body = Buffer.concat([
    text('MQTT'),
    Buffer.from([4, 0xc2, 0, 0]),
    text('raw'),
    text('d101'),
    text(DEMO_KEY),
  ])
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]))
  expect((await once(socket, 'data'))[0].toString('hex')).toBe('20020000')
  return socket
}

test('a connection that does not log in, or byte by byte, is closed within ten seconds', async () => {
  const app = await limited({})
  const start = performance.now()
  const sockets = [await raw(app.addresses.mqtt), await raw(app.addresses.mqtt)]
  const drip = setInterval(() => sockets[1]?.write(Buffer.from([0x10])), 500)
  onTestFinished(() => clearInterval(drip))
  await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')))
  expect(performance.now() - start).toBeLessThan(10_000)
})

test.each([
  ['a publication of 200 MB', '3080d0ac5f'],
  ['a subscription of 5 KB', '828827'],
  ['a length that does not end', '82ffffffff'],
])('%s ends a session by its head, before its body is kept', async (_, head) => {
  const app = await limited({})
  const socket = await raw(app.addresses.mqtt, { loggedIn: true })
  socket.write(Buffer.from(head, 'hex'))
  await expect.poll(() => socket.closed, { timeout: 2_000 }).toBe(true)
})

test('a flood of datagrams from one address leaves the answers to another as they are', async () => {
  const app = await limited({ DEVICE_REQUESTS_PER_MINUTE: '50' })
  const flood = createSocket('udp4')
  onTestFinished(() => void flood.close())
  const codes = new Map<number, number>()
  flood.on('message', (datagram) => {
    const { code } = parsed(datagram)
    codes.set(code, (codes.get(code) ?? 0) + 1)
  })
  for (let i = 0; i < 300; i++) flood.send(request('/s/HB-1001'), app.coapPort, '127.0.0.1')
  await expect.poll(() => codes.get(CODE.TOO_MANY_REQUESTS)).toBe(250)
  expect(codes.get(CODE.CONTENT)).toBe(50)
  const other = createSocket('udp4').bind(0, '127.0.0.2')
  onTestFinished(() => void other.close())
  other.send(request('/s/HB-1001'), app.coapPort, '127.0.0.1')
  const [answer] = await once(other, 'message')
  expect(parsed(answer).code).toBe(CODE.CONTENT)
})

/** A shop: its labels have one address, and a port each. */
const label = (n: number): Endpoint => ({ address: '192.0.2.9', port: 10_000 + n })

async function shop(requestsPerMinute = 240) {
  const face = await coapFace({ requestsPerMinute })
  onTestFinished(() => face.observations.stop())
  face.fill()
  return face
}

test('300 labels behind one address register with the default limits, each with two requests', async () => {
  const face = await shop()
  const answers = Array.from({ length: 300 }, (_, n) => face.observe('/s/HB-1001', { peer: label(n) }))
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([CODE.CONTENT]))
  expect(face.observations.count).toBe(300)
})

test('forged datagrams in the name of an address, or of an endpoint, delay none that is proven', async () => {
  const face = await shop(60)
  face.observe('/s/HB-1001', { peer: label(1) })
  for (let n = 0; n < 10_000; n++) {
    const forged = { address: '192.0.2.9', port: 1 + (n % 60_000) }
    face.handle(n % 2 ? request('/s/HB-1001') : Buffer.from('500112346173', 'hex'), forged)
  }
  expect(face.ask(request('/s/HB-1001'), label(1)).code).toBe(CODE.CONTENT)
  // In the name of the endpoint itself: then it proves itself anew.
  for (let n = 0; n < 200; n++) face.handle(request('/s/HB-1001'), label(1))
  const refused = face.ask(request('/s/HB-1001'), label(1))
  const echo = optionOf(refused, OPTION.ECHO) ?? Buffer.alloc(0)
  expect(refused.code).toBe(CODE.TOO_MANY_REQUESTS)
  const proven = request('/s/HB-1001', { options: [{ number: OPTION.ECHO, value: echo }] })
  expect(face.ask(proven, label(1)).code).toBe(CODE.CONTENT)
  expect(face.observe('/s/HB-1003', { peer: label(2) }).code).toBe(CODE.CONTENT)
})

test('one endpoint that proves itself again and again has no more than its limit', async () => {
  const face = await shop(10)
  const answer = face.ask(request('/b', { options: [uint(OPTION.OBSERVE, 0)] }))
  const echo = { number: OPTION.ECHO, value: optionOf(answer, OPTION.ECHO) ?? Buffer.alloc(0) }
  const codes = Array.from({ length: 12 }, () => face.ask(request('/b', { options: [echo] })).code)
  expect(codes.filter((code) => code === CODE.CONTENT)).toHaveLength(10)
  expect(codes.slice(-2)).toEqual([CODE.TOO_MANY_REQUESTS, CODE.TOO_MANY_REQUESTS])
})

test('labels that are refused together return one after the other, and are then served', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const face = await shop(60)
  const ask = (n: number) => face.ask(request('/s/HB-1001'), label(n))
  const refused = Array.from({ length: 100 }, (_, n) => ({ n, answer: ask(n) })).filter(
    ({ answer }) => answer.code === CODE.TOO_MANY_REQUESTS,
  )
  expect(refused).toHaveLength(40)
  const waits = refused.map(({ n, answer }) => ({ n, wait: uintOf(answer, OPTION.MAX_AGE) ?? 0 }))
  expect(new Set(waits.map(({ wait }) => wait)).size).toBeGreaterThan(25)
  let served = 0
  for (let s = 1; s <= 60; s++) {
    vi.advanceTimersByTime(1_000)
    for (const { n } of waits.filter(({ wait }) => wait === s)) if (ask(n).code === CODE.CONTENT) served++
  }
  // By chance a few meet in one second.
  expect(served).toBeGreaterThan(35)
})

test('over HTTP what is not answered is counted too: other methods, long URLs', async () => {
  const app = await limited({ BAD_KEYS_PER_MINUTE: '4', DEVICE_REQUESTS_PER_MINUTE: '4' })
  const long = `/s/${'x'.repeat(300)}`
  for (const [headers, known] of [
    [{}, false],
    [{ k: DEMO_KEY }, true],
  ] as const) {
    const statuses: number[] = []
    for (const [path, method] of [
      ['/b', 'PUT'],
      ['/b', 'DELETE'],
      [long, 'GET'],
      [long, 'PUT'],
      ['/b', 'PUT'],
    ] as const)
      statuses.push((await app.http(path, headers, method)).status)
    expect(statuses).toEqual(known ? [405, 405, 414, 414, 429] : [401, 401, 401, 401, 429])
  }
})

test('over MQTT a connection has a hundred topic filters, in one packet or in many; those given up make room', async () => {
  const app = await limited({ DEVICE_REQUESTS_PER_MINUTE: '100000' })
  const client = await session(app.addresses.mqtt)
  const granted = async (from: number, count: number) => {
    const topics = Array.from({ length: count }, (_, n) => `s/ber/A${from + n}`)
    const results = await Promise.all(
      topics.map((topic) =>
        client.subscribeAsync(topic).then(
          () => true,
          () => false,
        ),
      ),
    )
    return results.filter(Boolean).length
  }
  const many = Array.from({ length: 150 }, (_, n) => `s/ber/B${n}`)
  const refusals = new Promise<number>((resolve) =>
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'suback') resolve(packet.granted.filter((code) => code === 128).length)
    }),
  )
  client.subscribe(many, () => {})
  expect(await refusals).toBe(50)
  expect(await granted(0, 20)).toBe(0)
  await client.unsubscribeAsync(many.slice(0, 30))
  expect(await granted(0, 40)).toBe(30)
  // One that it has already costs nothing.
  expect(await granted(0, 30)).toBe(30)
  expect((await session(app.addresses.mqtt)).connected).toBe(true)
})
