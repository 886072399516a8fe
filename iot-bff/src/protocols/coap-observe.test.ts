import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { coapFace, optionOf, PEER, parsed, request, uint, uintOf } from '../../test/coap-peer.ts'
import { CODE, type CoapMessage, emptyMessage, encodeMessage, OPTION, TYPE } from '../codecs/coap-message.ts'
import { represent } from '../messages/representation.ts'
import { notification } from './coap-answers.ts'

let face: Awaited<ReturnType<typeof coapFace>>
beforeEach(async () => {
  vi.useFakeTimers()
  level = 1
  face = await coapFace()
  face.fill()
  flush()
  face.sent.length = 0
})
afterEach(() => {
  face.observations.stop()
  vi.useRealTimers()
})

/** More than a round trip of these clients, whose challenges are answered at once. */
const flush = () => vi.advanceTimersByTime(5)
let level = 1
/** Changes the flag; by default to the other value than before. */
const change = (sku = 'HB-1001', available = (level = 1 - level)) => {
  face.change(sku, available)
  flush()
}
const sent = (index = -1) => parsed(face.sent.at(index)?.datagram)
const acknowledge = (messageId = sent().messageId) => face.handle(emptyMessage(TYPE.ACK, messageId), PEER)
const changeTimes = (times: number) => {
  for (let i = 0; i < times; i++) change()
}

test('without proof of its address a client is challenged; with it, it is registered', () => {
  const register = request('/s/HB-1001', { options: [uint(OPTION.OBSERVE, 0)] })
  const challenge = face.ask(register)
  expect([challenge.code, optionOf(challenge, OPTION.ECHO)?.length]).toEqual([CODE.UNAUTHORIZED, 8])
  expect(face.observations.count).toBe(0)

  const registered = face.observe('/s/HB-1001')
  expect([registered.code, uintOf(registered, OPTION.OBSERVE)]).toEqual([CODE.CONTENT, expect.any(Number)])
  expect(face.observations.count).toBe(1)
})

test("another address's proof, and one that is minutes old, are challenged again", () => {
  const echo = optionOf(face.ask(request('/b', { options: [uint(OPTION.OBSERVE, 0)] })), OPTION.ECHO)
  const options = [uint(OPTION.OBSERVE, 0), { number: OPTION.ECHO, value: echo ?? Buffer.alloc(8) }]
  expect(face.ask(request('/b', { options }), { address: '192.0.2.8', port: 1 }).code).toBe(CODE.UNAUTHORIZED)
  vi.advanceTimersByTime(121_000)
  expect(face.ask(request('/b', { options })).code).toBe(CODE.UNAUTHORIZED)
})

test('a change is notified once, in at most 14 bytes, with the token and a higher number', () => {
  const registered = uintOf(face.observe('/s/HB-1001', { token: 'a7' }), OPTION.OBSERVE)
  change()
  expect(face.sent).toHaveLength(1)
  expect(face.sent[0]?.to).toEqual({ address: PEER.address, port: PEER.port })
  const { type, code, token, payload, options } = sent()
  expect([type, code, token.toString('hex'), payload.toString()]).toEqual([TYPE.NON, CODE.CONTENT, 'a7', '0'])
  expect(options.map(({ number }) => number)).toEqual([OPTION.OBSERVE, OPTION.MAX_AGE])
  expect(uintOf(sent(), OPTION.OBSERVE)).toBeGreaterThan(registered ?? 0)
  expect(face.sent[0]?.datagram.length).toBeLessThanOrEqual(14)
})

test('what does not change the flag, or another SKU, is not notified', () => {
  face.observe('/s/HB-1001')
  change('HB-1001', 3)
  change('HB-1002', 1)
  expect(face.sent).toHaveLength(0)
})

test('several changes at once are one notification of the newest state', () => {
  face.observe('/s/HB-1001')
  face.change('HB-1001', 0)
  face.change('HB-1001', 1)
  face.change('HB-1001', 0)
  flush()
  expect(face.sent.map(({ datagram }) => parsed(datagram).payload.toString())).toEqual(['0'])
})

test('the bitmap is observed in the format that was asked for', () => {
  face.observe('/b', { options: [uint(OPTION.ACCEPT, 60)] })
  change()
  expect(sent().payload.toString('hex')).toBe('44012aaaa0')
  expect(uintOf(sent(), OPTION.CONTENT_FORMAT)).toBe(60)
})

test('every fifth notification is confirmable', () => {
  face.observe('/s/HB-1001')
  const types: number[] = []
  for (let i = 0; i < 11; i++) {
    change()
    types.push(sent().type)
    if (sent().type === TYPE.CON) acknowledge()
  }
  expect(types).toEqual([1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1])
})

test('a quiet observer is asked once a day whether it is still there', () => {
  face.observe('/s/HB-1001')
  const wait = (hours: number) => {
    for (let s = 0; s < hours * 3_600; s += 200) {
      face.store.confirm()
      vi.advanceTimersByTime(200_000)
    }
  }
  wait(23)
  expect(face.sent).toHaveLength(0)
  wait(1)
  expect([face.sent.length, sent().type, sent().payload.toString()]).toEqual([1, TYPE.CON, '1'])
  acknowledge()
  wait(23)
  expect([face.sent.length, face.observations.count]).toEqual([1, 1])
})

test('a confirmable notification is sent again after 2, 4, 8 and 16 s, then the client is gone', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  face.observe('/s/HB-1001')
  face.observe('/s/HB-1003', { token: '55' })
  changeTimes(5)
  const first = sent()
  const before = performance.now()
  face.sent.length = 0
  const times: number[] = []
  while (face.observations.count > 0) {
    const { length } = face.sent
    vi.advanceTimersByTime(1_000)
    if (face.sent.length > length) times.push((performance.now() - before) / 1_000)
  }
  expect([first.type, ...times]).toEqual([TYPE.CON, 2, 6, 14, 30])
  expect(performance.now() - before).toBe(62_000)
  expect(new Set(face.sent.map(({ datagram }) => parsed(datagram).messageId))).toEqual(
    new Set([first.messageId]),
  )
  vi.restoreAllMocks()
})

test('the newest state takes the place of a retransmission', () => {
  face.observe('/s/HB-1001')
  changeTimes(5)
  const first = sent()
  changeTimes(2)
  change()
  expect(face.sent).toHaveLength(5)
  vi.advanceTimersByTime(3_000)
  const second = sent()
  expect([second.type, first.payload.toString(), second.payload.toString()]).toEqual([TYPE.CON, '0', '1'])
  expect(second.messageId).not.toBe(first.messageId)
  expect(uintOf(second, OPTION.OBSERVE)).toBeGreaterThan(uintOf(first, OPTION.OBSERVE) ?? 0)
})

test('what changed while a confirmation was under way follows its acknowledgement', () => {
  face.observe('/s/HB-1001')
  changeTimes(6)
  expect(face.sent).toHaveLength(5)
  acknowledge()
  expect(face.sent).toHaveLength(6)
  expect([sent().type, sent().payload.toString()]).toEqual([TYPE.NON, '1'])
})

test('one endpoint has one confirmable notification under way', () => {
  face.observe('/s/HB-1001')
  face.observe('/s/HB-1003', { token: '55' })
  for (let i = 0; i < 6; i++) {
    face.change('HB-1001', i % 2)
    face.change('HB-1003', i % 2)
    flush()
  }
  expect(face.sent.filter(({ datagram }) => parsed(datagram).type === TYPE.CON)).toHaveLength(1)
})

test.each([
  ['Observe = 1', () => face.ask(request('/s/HB-1001', { options: [uint(OPTION.OBSERVE, 1)] }))],
  ['a reset of the last notification', () => face.handle(emptyMessage(TYPE.RST, sent().messageId), PEER)],
])('%s ends an observation', (_, end) => {
  face.observe('/s/HB-1001')
  change()
  end()
  expect(face.observations.count).toBe(0)
  change()
  expect(face.sent).toHaveLength(1)
})

test('registering again replaces, needs no new proof, and continues the numbers', () => {
  face.observe('/s/HB-1001')
  change()
  const again = face.ask(request('/s/HB-1001', { options: [uint(OPTION.OBSERVE, 0)] }))
  expect(again.code).toBe(CODE.CONTENT)
  expect(uintOf(again, OPTION.OBSERVE)).toBeGreaterThan(uintOf(sent(), OPTION.OBSERVE) ?? 0)
  expect(face.observations.count).toBe(1)
})

test('the ninth observation of an endpoint is answered, but not registered', () => {
  for (let i = 0; i < 9; i++) {
    const answer = face.observe(`/s/HB-10${10 + i}`, { token: `0${i}` })
    expect([answer.code, uintOf(answer, OPTION.OBSERVE)]).toEqual([
      CODE.CONTENT,
      i < 8 ? expect.any(Number) : undefined,
    ])
  }
  expect(face.observations.count).toBe(8)
})

test('a SKU that is no longer known is 4.04 to its observers, and the end', () => {
  face.observe('/s/HB-1001')
  face.store.beginSnapshot()
  face.store.set('ber', 'HB-1002', 0)
  face.store.endSnapshot()
  flush()
  expect([sent().code, sent().payload.length, face.observations.count]).toEqual([CODE.NOT_FOUND, 0, 0])
})

test('flags too old to be served are 5.03 to all observers, and the end', () => {
  face.observe('/s/HB-1001')
  face.observe('/b', { token: '55' })
  vi.advanceTimersByTime(300_000)
  expect(face.sent.map(({ datagram }) => parsed(datagram).code)).toEqual([0xa3, 0xa3])
  expect(face.observations.count).toBe(0)
  expect(face.ask(request('/s/HB-1001')).code).toBe(CODE.SERVICE_UNAVAILABLE)
})

test('a server that ends asks its observers to return within ten seconds', () => {
  face.observe('/s/HB-1001')
  face.observations.stop()
  expect(sent().code).toBe(CODE.SERVICE_UNAVAILABLE)
  expect(uintOf(sent(), OPTION.MAX_AGE)).toBeLessThanOrEqual(10)
})

test('a notification stays within 14 bytes for as long as numbers last', () => {
  const answer = notification(
    represent('plain', Buffer.from('1')),
    { accept: undefined, block: undefined },
    300,
    0xff_ffff,
  )
  const message = { type: TYPE.NON, messageId: 1, token: Buffer.alloc(1), ...answer }
  expect(encodeMessage(message).length).toBeLessThanOrEqual(14)
})

test('observers of a lost feed are sent away with times spread over half a minute', () => {
  for (let n = 0; n < 300; n++)
    face.observe('/s/HB-1001', { peer: { address: '192.0.2.9', port: 10_000 + n } })
  vi.advanceTimersByTime(300_000)
  const ages = face.sent.map(({ datagram }) => uintOf(parsed(datagram), OPTION.MAX_AGE) ?? 0)
  expect(ages).toHaveLength(300)
  expect([Math.min(...ages) >= 30, Math.max(...ages) <= 60, new Set(ages).size > 20]).toEqual([
    true,
    true,
    true,
  ])
})

test('numbers never go back, neither by registering anew nor by a restart of the server', async () => {
  const numbers: number[] = []
  const take = (message: CoapMessage) => numbers.push(uintOf(message, OPTION.OBSERVE) ?? -1)
  for (let restart = 0; restart < 3; restart++) {
    const server = await coapFace()
    server.fill()
    for (let round = 0; round < 3; round++) {
      take(server.observe('/s/HB-1001'))
      for (let i = 0; i < 3; i++) {
        server.change('HB-1001', (level = 1 - level))
        flush()
      }
      for (const { datagram } of server.sent.splice(0)) take(parsed(datagram))
      server.ask(request('/s/HB-1001', { options: [uint(OPTION.OBSERVE, 1)] }))
    }
    server.observations.stop()
    flush()
  }
  const ahead = numbers.slice(1).map((number, i) => (number - (numbers[i] ?? 0)) & 0xff_ffff)
  expect(ahead.every((step) => step > 0 && step < 0x80_0000)).toBe(true)
})

test('message ids of an endpoint do not return within EXCHANGE_LIFETIME, however many others there are', () => {
  const peers = Array.from({ length: 1_024 }, (_, n) => ({ address: '192.0.2.9', port: 10_000 + n }))
  for (const peer of peers) face.observe('/s/HB-1001', { peer })
  const seen = new Set<number>()
  for (let round = 0; round < 200; round++) {
    face.store.confirm()
    change()
    vi.advanceTimersByTime(1_200)
    for (const { datagram, to } of face.sent.splice(0)) {
      if (parsed(datagram).type === TYPE.CON)
        face.handle(emptyMessage(TYPE.ACK, parsed(datagram).messageId), to)
      if (to.port !== 10_000) continue
      expect(seen.has(parsed(datagram).messageId)).toBe(false)
      seen.add(parsed(datagram).messageId)
    }
  }
  expect(seen.size).toBe(200)
})

test('an observation that begins anew continues behind the ids of the former one', () => {
  const ids: number[] = []
  for (let round = 0; round < 20; round++) {
    face.observe('/s/HB-1001', { peer: PEER })
    for (let i = 0; i < 3; i++) {
      change()
      ids.push(sent().messageId)
    }
    face.ask(request('/s/HB-1001', { options: [uint(OPTION.OBSERVE, 1)] }))
    vi.advanceTimersByTime(100)
  }
  expect(new Set(ids).size).toBe(ids.length)
})

test('whoever does not know the message id cannot end an observation by forged resets', () => {
  face.observe('/s/HB-1001')
  change()
  const { messageId } = sent()
  for (let id = 0; id <= 0xffff; id++) if (id !== messageId) face.handle(emptyMessage(TYPE.RST, id), PEER)
  face.handle(emptyMessage(TYPE.RST, messageId), PEER)
  expect(face.observations.count).toBe(1)
  // After the next notification a client that really wants to leave is heard again.
  change()
  face.handle(emptyMessage(TYPE.RST, sent().messageId), PEER)
  expect(face.observations.count).toBe(0)
})

test('ids and start differ from process to process', async () => {
  const starts = new Set<number>()
  for (let i = 0; i < 8; i++) {
    const server = await coapFace()
    server.fill()
    server.observe('/s/HB-1001')
    server.change('HB-1001', 0)
    flush()
    starts.add(parsed(server.sent[0]?.datagram).messageId)
    server.observations.stop()
  }
  expect(starts.size).toBeGreaterThan(6)
})

test('a burst of changes is one notification a round trip, over all observations of an endpoint', () => {
  // The client answers its challenge after 400 ms.
  const paths = ['HB-1001', 'HB-1003', 'HB-1005', 'HB-1007']
  for (const [index, sku] of paths.entries()) {
    const register = { token: `0${index}`, options: [uint(OPTION.OBSERVE, 0)] }
    const echo = optionOf(face.ask(request(`/s/${sku}`, register)), OPTION.ECHO) ?? Buffer.alloc(0)
    vi.advanceTimersByTime(400)
    const options = [...register.options, { number: OPTION.ECHO, value: echo }]
    expect(face.ask(request(`/s/${sku}`, { ...register, options })).code).toBe(CODE.CONTENT)
  }
  const times: number[] = []
  let seen = 0
  for (let ms = 0; ms < 2_400; ms += 20) {
    for (const sku of paths) face.change(sku, (ms / 20) % 2)
    vi.advanceTimersByTime(20)
    if (face.sent.length > seen) times.push(ms)
    expect(face.sent.length - seen).toBeLessThanOrEqual(1)
    seen = face.sent.length
  }
  expect(times.length).toBeLessThanOrEqual(7)
  expect(times.length).toBeGreaterThan(4)
  // Each of them had its turn, and the newest state is what was sent last.
  expect(new Set(face.sent.map(({ datagram }) => parsed(datagram).token.toString('hex'))).size).toBe(4)
})

test('a body that does not fit the block size of its observer is notified by its first block', () => {
  const registered = face.observe('/b', { options: [uint(OPTION.ACCEPT, 112), uint(OPTION.BLOCK2, 0)] })
  expect([registered.payload.length, uintOf(registered, OPTION.BLOCK2)]).toEqual([16, 0b1000])
  change()
  expect([sent().payload.length, uintOf(sent(), OPTION.BLOCK2)]).toEqual([16, 0b1000])
})

test('a list that is changed while it is observed is told once, with its version and the flags of its SKUs', () => {
  face.observe('/b')
  const device = face.devices.records.get('d101')
  if (device === undefined) throw new Error('no demo device')
  const lists = { shelf: { version: 2, skus: ['HB-1002', 'HB-1001'] } }
  face.devices.put('d101', { ...device, lists })
  flush()
  expect(face.sent.map(({ datagram }) => parsed(datagram).payload.toString('hex'))).toEqual(['0240'])
  face.sent.length = 0
  face.devices.put('d101', { ...device, lists: { ...lists, other: { version: 1, skus: ['HB-1001'] } } })
  flush()
  expect(face.sent).toHaveLength(0)
})
