import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { coapFace, optionOf, PEER, parsed, request, uint, uintOf } from '../../test/coap-peer.ts'
import { mutated } from '../../test/mutated.ts'
import { askSecured, type OscoreDevice, oscoreDevice, oscoreOf, provision } from '../../test/oscore-peer.ts'
import { CODE, emptyMessage, encodeMessage, OPTION, TYPE } from '../codecs/coap-message.ts'
import { fileEpochs } from '../oscore/epochs.ts'
import { readOscoreOption } from '../oscore/option.ts'

const OTHER_PEER = { address: '192.0.2.99', port: 7 }

let face: Awaited<ReturnType<typeof coapFace>>
let label: OscoreDevice
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'performance'] })
  face = await coapFace({ plainDevice: 'nobody', badKeysPerMinute: 1_000_000, oscore: oscoreOf() })
  face.fill()
  flush()
  face.sent.length = 0
  label = provision(face.devices)
})
afterEach(() => {
  face.observations.stop()
  vi.useRealTimers()
})

/** More than a round trip that is not known yet. */
const flush = () => vi.advanceTimersByTime(3_100)
const ask = (path: string, options = {}, device = label) =>
  askSecured(face.handle, device, path, PEER, options)
const code = (datagram: Buffer, peer = PEER) => {
  const answer = face.handle(datagram, peer)
  return answer && parsed(answer).code
}

test('a flag is read, and nothing of it can be seen outside', () => {
  const { answer, datagram } = ask('/s/HB-1001')
  expect([answer.code, answer.payload.toString(), uintOf(answer, OPTION.MAX_AGE)]).toEqual([
    CODE.CONTENT,
    '1',
    expect.any(Number),
  ])
  expect([parsed(datagram).code, answer.outer.code]).toEqual([CODE.POST, CODE.CHANGED])
  expect(answer.outer.options.map(({ number }) => number)).toEqual([OPTION.OSCORE])
  expect(answer.outer.payload.length).toBe(1 + 2 + 3 + 2 + 8)
})

test.each([
  ['alone', false, 56],
  ['as one of several replicas', true, 62],
])('a process %s exchanges a flag in at most 63 bytes', async (_, isShared, bytes) => {
  face = await coapFace({ oscore: oscoreOf({ isShared }) })
  face.fill()
  label = provision(face.devices)
  ask('/s/HB-1001')
  // More than the requests of a label that asks every five minutes for half a year.
  label.skipTo(70_000)
  const { datagram, piv } = label.request('/s/HB-1001')
  const answer = face.handle(datagram, PEER)
  expect(label.read(answer, piv).payload.toString()).toBe('1')
  expect(datagram.length + (answer?.length ?? 0)).toBe(bytes)
})

test('each request is answered with other numbers: no nonce serves twice', async () => {
  const nonces: string[] = []
  for (const isShared of [false, true]) {
    face = await coapFace({ oscore: oscoreOf({ isShared }) })
    face.fill()
    label = provision(face.devices)
    for (let n = 0; n < 600; n++) {
      const path = n % 3 === 0 ? '/b' : '/s/HB-1001'
      const options = n % 5 === 0 ? { options: [uint(OPTION.OBSERVE, 0)] } : {}
      const { datagram, piv } = label.request(path, options)
      const own = readOscoreOption(
        optionOf(parsed(face.handle(datagram, PEER)), OPTION.OSCORE) ?? Buffer.from('x'),
      )
      nonces.push(`${isShared} ${own?.piv ? 'server' : 'device'} ${(own?.piv ?? piv).toString('hex')}`)
      if (n % 100 === 0) await vi.advanceTimersByTimeAsync(1)
    }
  }
  expect(new Set(nonces).size).toBe(nonces.length)
})

test('a recorded request that two replicas answer is answered under two nonces', async () => {
  const epochs = fileEpochs(undefined)
  const replica = async () => {
    const made = await coapFace({
      oscore: (devices) => ({ ...oscoreOf({ isShared: true })(devices), epochs }),
    })
    made.fill()
    return made
  }
  const [here, there] = [await replica(), await replica()]
  label = provision(here.devices)
  there.devices.put('d101', here.devices.records.get('d101'))
  for (const { handle } of [here, there]) askSecured(handle, label, '/b', PEER)
  const { datagram, piv } = label.request('/s/HB-1001')
  const answers = [here, there].map(({ handle }) => handle(datagram, PEER))
  expect(answers.map((answer) => label.read(answer, piv).payload.toString())).toEqual(['1', '1'])
  const numbers = answers.map((answer) => optionOf(parsed(answer), OPTION.OSCORE)?.toString('hex'))
  expect(numbers[0]).not.toBe(numbers[1])
  for (const { observations } of [here, there]) observations.stop()
})

test('the first request to a process is asked whether it is new, by a value that it brings back', () => {
  const { datagram, piv } = label.request('/s/HB-1001')
  const challenge = label.read(face.handle(datagram, PEER), piv)
  expect([challenge.code, optionOf(challenge, OPTION.ECHO)?.length]).toEqual([CODE.UNAUTHORIZED, 8])
  // The same request again is no proof, wherever it comes from.
  expect(label.read(face.handle(datagram, OTHER_PEER), piv).code).toBe(CODE.UNAUTHORIZED)
  const old = { number: OPTION.ECHO, value: Buffer.alloc(8, 7) }
  const forged = label.request('/s/HB-1001', { options: [old] })
  expect(label.read(face.handle(forged.datagram, PEER), forged.piv).code).toBe(CODE.UNAUTHORIZED)
  expect(ask('/s/HB-1001').answer.code).toBe(CODE.CONTENT)
  expect(ask('/s/HB-1002').answer.payload.toString()).toBe('0')
})

test('a request that was answered is refused when another sends it again, and does not disturb the device', () => {
  const { datagram } = ask('/s/HB-1001')
  for (let n = 0; n < 3; n++) {
    const refusal = parsed(face.handle(datagram, OTHER_PEER))
    expect([refusal.code, refusal.payload.length, uintOf(refusal, OPTION.MAX_AGE)]).toEqual([
      CODE.UNAUTHORIZED,
      0,
      0,
    ])
  }
  expect(ask('/s/HB-1002').answer.payload.toString()).toBe('0')
  // What was sent before the newest is refused from its own address too.
  expect(code(datagram)).toBe(CODE.UNAUTHORIZED)
})

test('a device that heard no answer sends its datagram again, and gets the same one, four times', () => {
  ask('/s/HB-1001')
  const { datagram } = label.request('/b')
  const answer = face.handle(datagram, PEER)
  face.change('HB-1001', 0)
  for (let n = 0; n < 4; n++) expect(face.handle(datagram, PEER)).toEqual(answer)
  expect(face.handle(datagram, PEER)).toBeUndefined()
})

test('requests that overtake each other are answered, within 32', () => {
  ask('/s/HB-1001')
  const sent = Array.from({ length: 40 }, () => label.request('/s/HB-1001'))
  const answered = sent.toReversed().map(({ datagram }) => code(datagram))
  expect(answered.map((each) => each === CODE.CHANGED)).toEqual([
    ...Array.from({ length: 32 }, () => true),
    ...Array.from({ length: 8 }, () => false),
  ])
})

test.each([
  [
    'another secret',
    () => oscoreDevice({ id: label.id, masterSecret: '00'.repeat(16), masterSalt: '' }),
    CODE.BAD_REQUEST,
  ],
  [
    'an id that nobody has',
    () => oscoreDevice({ id: 'ffffffff', masterSecret: '00'.repeat(16), masterSalt: '' }),
    CODE.UNAUTHORIZED,
  ],
])('%s is refused without protection', (_, device, expected) => {
  expect(code(device().request('/s/HB-1001').datagram)).toBe(expected)
})

test.each([
  ['an option that is none', [{ number: OPTION.OSCORE, value: Buffer.from([0]) }], CODE.BAD_OPTION],
  ['no partial IV', [{ number: OPTION.OSCORE, value: Buffer.from([8, 1]) }], CODE.BAD_OPTION],
  [
    'a critical option outside that is not known',
    [
      { number: OPTION.OSCORE, value: Buffer.from([9, 1, 1]) },
      { number: 9999, value: Buffer.alloc(1) },
    ],
    CODE.BAD_OPTION,
  ],
  [
    'a proxy',
    [
      { number: OPTION.OSCORE, value: Buffer.from([9, 1, 1]) },
      { number: OPTION.PROXY_URI, value: Buffer.from('coap://a') },
    ],
    CODE.PROXYING_NOT_SUPPORTED,
  ],
])('%s is refused', (_, options, expected) => {
  const message = {
    type: TYPE.CON,
    code: CODE.POST,
    messageId: 1,
    token: Buffer.alloc(0),
    payload: Buffer.alloc(9),
  }
  expect(code(encodeMessage({ ...message, options }))).toBe(expected)
})

test('plain requests are unauthorized when only OSCORE is served', () => {
  expect(code(request('/s/HB-1001'))).toBe(CODE.UNAUTHORIZED)
})

test('an address that sends what cannot be verified is not answered for long, its devices are', async () => {
  face = await coapFace({ plainDevice: 'nobody', badKeysPerMinute: 10, oscore: oscoreOf() })
  face.fill()
  label = provision(face.devices)
  const stranger = oscoreDevice({ id: label.id, masterSecret: '00'.repeat(16), masterSalt: '' })
  const codes = Array.from({ length: 50 }, () => code(stranger.request('/b').datagram))
  expect(codes.filter((each) => each !== undefined)).toHaveLength(10)
  expect(ask('/s/HB-1001').answer.code).toBe(CODE.CONTENT)
})

test('a device over its limit is told so, under protection, and recorded requests do not count', async () => {
  face = await coapFace({ requestsPerMinute: 5, badKeysPerMinute: 1000, oscore: oscoreOf() })
  face.fill()
  label = provision(face.devices)
  const { datagram } = ask('/s/HB-1001')
  for (let n = 0; n < 20; n++) face.handle(datagram, OTHER_PEER)
  const codes = Array.from({ length: 6 }, () => ask('/s/HB-1001').answer)
  expect(codes.map((answer) => answer.code)).toEqual([
    ...Array.from({ length: 4 }, () => CODE.CONTENT),
    CODE.TOO_MANY_REQUESTS,
    CODE.TOO_MANY_REQUESTS,
  ])
  for (const { options } of codes.slice(4))
    expect(options.map(({ number }) => number)).toEqual([OPTION.MAX_AGE])
})

test('a device sees its own store and its own lists, as by any other protocol', () => {
  const other = provision(face.devices, 'd102')
  expect(ask('/b', {}, other).answer.code).toBe(CODE.NOT_FOUND)
  expect(ask('/b/shelf', {}, other).answer.code).toBe(CODE.FORBIDDEN)
  expect(ask('/s/HB-1001', {}, other).answer.code).toBe(CODE.NOT_FOUND)
  expect(ask('/b/shelf').answer.payload.toString('hex')).toBe('01aaaaa0')
})

test('a state in blocks, each under protection', () => {
  const first = ask('/.well-known/core', { options: [uint(OPTION.BLOCK2, 0)] }).answer
  const second = ask('/.well-known/core', { options: [uint(OPTION.BLOCK2, 0x10)] }).answer
  expect([first.payload.length, second.payload.length > 0]).toEqual([16, true])
  expect(uintOf(first, OPTION.BLOCK2)).toBe(0x08)
})

const observing = { options: [uint(OPTION.OBSERVE, 0)], token: 'a1' }

test('changes are notified under protection, in ascending order', () => {
  const { answer, piv } = ask('/s/HB-1001', observing)
  expect([answer.code, answer.outer.code, answer.outer.options[0]?.number]).toEqual([
    CODE.CONTENT,
    CODE.CONTENT,
    OPTION.OBSERVE,
  ])
  expect(optionOf(answer, OPTION.OBSERVE)?.length).toBe(0)
  const flags: string[] = []
  const numbers: number[] = []
  for (const level of [0, 1, 0, 1, 0, 1]) {
    face.sent.length = 0
    face.change('HB-1001', level)
    flush()
    const [first] = face.sent
    const notification = label.read(first?.datagram, piv)
    flags.push(notification.payload.toString())
    const option = readOscoreOption(optionOf(notification.outer, OPTION.OSCORE) ?? Buffer.alloc(0))
    numbers.push(option?.piv?.readUIntBE(0, option.piv.length) ?? -1)
    if (notification.type === TYPE.CON) face.handle(emptyMessage(TYPE.ACK, notification.messageId), PEER)
  }
  expect(flags).toEqual(['0', '1', '0', '1', '0', '1'])
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  expect(new Set(numbers).size).toBe(6)
})

test('an observation ends by its device, and not by a plain message that knows the token', async () => {
  face = await coapFace({ plainDevice: 'd101', oscore: oscoreOf() })
  face.fill()
  label = provision(face.devices)
  ask('/s/HB-1001', observing)
  const ends = { options: [uint(OPTION.OBSERVE, 1)], token: 'a1' }
  expect(code(request('/s/HB-1001', ends))).toBe(CODE.CONTENT)
  expect(face.observations.count).toBe(1)
  expect(ask('/s/HB-1001', ends).answer.code).toBe(CODE.CONTENT)
  expect(face.observations.count).toBe(0)
})

test('where a proxy took the outer option off, the state is answered and nothing observed', () => {
  ask('/s/HB-1001')
  const { datagram, piv } = label.request('/s/HB-1001', observing)
  const message = parsed(datagram)
  const options = message.options.filter(({ number }) => number !== OPTION.OBSERVE)
  const answer = label.read(face.handle(encodeMessage({ ...message, options }), PEER), piv)
  expect([answer.code, optionOf(answer, OPTION.OBSERVE)]).toEqual([CODE.CONTENT, undefined])
  expect(face.observations.count).toBe(0)
})

test('a new context is accepted at once, the one before until its time is over', () => {
  const registered = ask('/s/HB-1001', observing)
  const next = provision(face.devices, 'd101', 100)
  expect(ask('/s/HB-1001', {}, next).answer.code).toBe(CODE.CONTENT)
  expect(ask('/s/HB-1001').answer.code).toBe(CODE.CONTENT)
  face.sent.length = 0
  vi.advanceTimersByTime(100_100)
  // Its observer is told, so that it registers again under the new one.
  const told = face.sent.map(({ datagram }) => label.read(datagram, registered.piv).code)
  expect(told.at(-1)).toBe(CODE.UNAUTHORIZED)
  expect(face.observations.count).toBe(0)
  expect(code(label.request('/s/HB-1001').datagram)).toBe(CODE.UNAUTHORIZED)
  const { datagram, piv } = next.request('/s/HB-1001')
  expect(next.read(face.handle(datagram, PEER), piv).code).toBe(CODE.CONTENT)
})

test('telemetry is stored once, though its datagram comes twice before the answer', async () => {
  vi.useRealTimers()
  const stored: unknown[] = []
  const begun = Promise.withResolvers<void>()
  const safe = Promise.withResolvers<void>()
  face = await coapFace({
    oscore: oscoreOf(),
    record: async (readings) => {
      begun.resolve()
      await safe.promise
      stored.push(...readings)
    },
  })
  face.fill()
  label = provision(face.devices)
  ask('/s/HB-1001')
  const pack = {
    code: CODE.POST,
    payload: Buffer.from('[{"n":"battery","v":80}]'),
    options: [uint(OPTION.CONTENT_FORMAT, 110)],
  }
  const { datagram, piv } = label.request('/t', pack)
  expect(face.handle(datagram, PEER)).toBeUndefined()
  await begun.promise
  expect(face.handle(datagram, PEER)).toBeUndefined()
  safe.resolve()
  await expect.poll(() => face.sent.length).toBe(1)
  expect(label.read(face.sent[0]?.datagram, piv).code).toBe(CODE.CHANGED)
  expect(face.handle(datagram, PEER)).toEqual(face.sent[0]?.datagram)
  expect(stored).toHaveLength(1)
})

test('of mutated datagrams none is taken for a request, and none is answered by more than it has', () => {
  ask('/s/HB-1001')
  const seeds = [label.request('/s/HB-1001'), label.request('/b', observing), label.request('/s/HB-1002')]
  const given = new Set(seeds.map(({ datagram }) => parsed(datagram).payload.toString('hex')))
  fc.assert(
    fc.property(mutated(seeds.map(({ datagram }) => datagram)), (datagram) => {
      const answer = face.handle(datagram, OTHER_PEER)
      if (answer === undefined) return
      const { code: answered } = parsed(answer)
      expect(answer.length).toBeLessThanOrEqual(Math.max(3 * datagram.length, 12))
      if (answered !== CODE.CHANGED && answered !== CODE.CONTENT) return
      // Verified: so its ciphertext is one that the device made.
      expect(given).toContain(parsed(datagram).payload.toString('hex'))
    }),
    { numRuns: scaled(3_000, 500_000) },
  )
  expect(ask('/s/HB-1001').answer.payload.toString()).toBe('1')
})
