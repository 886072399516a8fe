import { scaled } from '@harbor/shared-testing/soak'
import { encode } from 'cborg'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { coapFace, optionOf, PEER, parsed, request, uint, uintOf } from '../../test/coap-peer.ts'
import { CODE, type CoapOption, encodeMessage, NO_BYTES, OPTION, TYPE } from '../codecs/coap-message.ts'

let face: Awaited<ReturnType<typeof coapFace>>
beforeEach(async () => {
  face = await coapFace()
  face.fill()
})

const accept = (format: number) => ({ options: [uint(OPTION.ACCEPT, format)] })

test.each([
  ['/s/HB-1001', {}, '31'],
  ['/s/HB-1002', {}, '30'],
  ['/s/HB-1001', accept(0), '31'],
  ['/s/HB-1001', accept(60), 'f5'],
  ['/s/HB-1002', accept(60), 'f4'],
  ['/s/HB-1001', accept(112), '81a2006b6265722f48422d3130303104f5'],
  ['/b', {}, '01aaaaa0'],
  ['/b/shelf', {}, '01aaaaa0'],
  ['/b', accept(42), '01aaaaa0'],
  ['/b', accept(60), '4401aaaaa0'],
])('GET %s %o is %s', (path, options, hex) => {
  const answer = face.ask(request(path, options))
  expect([answer.code, answer.payload.toString('hex')]).toEqual([CODE.CONTENT, hex])
  expect(uintOf(answer, OPTION.CONTENT_FORMAT)).toBe(uintOf(parsed(request(path, options)), OPTION.ACCEPT))
  expect(uintOf(answer, OPTION.MAX_AGE)).toBeLessThanOrEqual(300)
  // At most 10 % of jitter, and the time that this test took; flag-store.test.ts has the exact figures.
  expect(uintOf(answer, OPTION.MAX_AGE)).toBeGreaterThanOrEqual(250)
})

test('the ETag is the value, and who holds it gets 2.03 without it', () => {
  const held = { options: [{ number: OPTION.ETAG, value: Buffer.from('1') }] }
  const valid = face.ask(request('/s/HB-1001', held))
  expect([valid.code, valid.payload.length]).toEqual([CODE.VALID, 0])
  expect(optionOf(valid, OPTION.ETAG)?.toString()).toBe('1')
  expect(uintOf(valid, OPTION.MAX_AGE)).toBeGreaterThan(200)
  expect(face.ask(request('/s/HB-1002', held)).code).toBe(CODE.CONTENT)
})

test.each([
  ['an unknown SKU', request('/s/HB-9999'), CODE.NOT_FOUND],
  ['a list that nobody has', request('/b/cellar'), CODE.FORBIDDEN],
  ["another device's list", request('/b/window'), CODE.FORBIDDEN],
  ['the root', request('/'), CODE.NOT_FOUND],
  ['a path too deep', request('/s/HB-1001/x'), CODE.NOT_FOUND],
  ['a type that is not offered', request('/b', accept(50)), CODE.NOT_ACCEPTABLE],
  ['a POST', request('/b', { code: 2 }), CODE.METHOD_NOT_ALLOWED],
  ['a method that does not exist', request('/b', { code: 31 }), CODE.METHOD_NOT_ALLOWED],
  ['an unknown critical option', request('/b', { options: [uint(9, 1)] }), CODE.BAD_OPTION],
  ['a list of links in another format', request('/.well-known/core', accept(60)), CODE.NOT_ACCEPTABLE],
  ['a block size that is reserved', request('/b', { options: [uint(OPTION.BLOCK2, 7)] }), CODE.BAD_REQUEST],
  ['a block behind the end', request('/b', { options: [uint(OPTION.BLOCK2, 0x10)] }), CODE.BAD_REQUEST],
  ['two Accepts', request('/b', { options: [uint(17, 60), uint(17, 60)] }), CODE.BAD_OPTION],
  ['a proxy request', request('/b', { options: [uint(35, 1)] }), CODE.PROXYING_NOT_SUPPORTED],
])('%s is a code without a body', (_, datagram, code) => {
  const answer = face.ask(datagram)
  expect([answer.type, answer.code, answer.payload.length]).toEqual([TYPE.ACK, code, 0])
})

test('unknown elective options, host, port and query change nothing', () => {
  const options = [uint(3, 1), uint(7, 5683), uint(15, 1), uint(258, 2), uint(2, 1)]
  expect(face.ask(request('/s/HB-1001', { options })).payload.toString()).toBe('1')
})

test('before the first snapshot: 5.03, to be asked again after 60 s, and not 4.04', async () => {
  const empty = await coapFace()
  for (const path of ['/s/HB-1001', '/s/HB-9999', '/b']) {
    const answer = empty.ask(request(path))
    expect([answer.code, uintOf(answer, OPTION.MAX_AGE), answer.payload.length]).toEqual([0xa3, 60, 0])
  }
})

test('a CON is answered in its acknowledgement, a NON by a NON with an id of its own', () => {
  const con = face.ask(request('/b', { messageId: 0x1234, token: '0a0b' }))
  expect([con.type, con.messageId, con.token.toString('hex')]).toEqual([TYPE.ACK, 0x1234, '0a0b'])
  const non = face.ask(request('/b', { messageId: 0x1234, type: TYPE.NON, token: '0a0b' }))
  expect([non.type, non.token.toString('hex')]).toEqual([TYPE.NON, '0a0b'])
})

test.each([
  ['a ping', '40001234'],
  ['a confirmable response that nobody waits for', '40451234'],
  ['a confirmable message that is malformed', '40011234ff'],
  ['an unknown critical option in a NON', '5001123491'.concat('00')],
])('%s is reset', (_, hex) => {
  expect(face.handle(Buffer.from(hex, 'hex'), PEER)?.toString('hex')).toBe('70001234')
})

test.each([
  ['another version', '80011234'],
  ['a malformed NON', '50011234ff'],
  ['a NON response that nobody waits for', '50451234'],
  ['an acknowledgement of nothing', '60001234'],
  ['a reset of nothing', '70001234'],
  ['three bytes', '400112'],
])('%s is passed over in silence', (_, hex) => {
  expect(face.handle(Buffer.from(hex, 'hex'), PEER)).toBeUndefined()
})

test('the resources are listed, in no more than three times the request', () => {
  const datagram = request('/.well-known/core')
  const answer = face.ask(datagram)
  expect(uintOf(answer, OPTION.CONTENT_FORMAT)).toBe(40)
  expect(answer.payload.toString()).toBe('</s>;obs;ct="0 60 112",</b>;obs;ct="42 60 112"')
  expect(encodeMessage(answer).length).toBeLessThanOrEqual(3 * datagram.length)
})

test('no reply to an unproven address is more than three times its request; Echo lifts that', () => {
  const options = [uint(OPTION.ACCEPT, 112)]
  const small = request('/b', { token: '', options })
  const challenged = face.ask(small)
  const echo = optionOf(challenged, OPTION.ECHO)
  expect([challenged.code, challenged.payload.length]).toEqual([CODE.UNAUTHORIZED, 0])
  expect(encodeMessage(challenged).length).toBeLessThanOrEqual(3 * small.length)
  const proof = { number: OPTION.ECHO, value: echo ?? NO_BYTES }
  const proven = request('/b', { token: '', options: [...options, proof] })
  expect(face.ask(proven).code).toBe(CODE.CONTENT)
})

test('whatever is sent, the reply to an unproven address is at most three times as long', () => {
  const path = fc.constantFrom(
    '/s/HB-1001',
    '/s/HB-9999',
    '/b',
    '/b/shelf',
    '/b/x',
    '/.well-known/core',
    '/',
    '/x',
  )
  const option = fc.constantFrom(
    ...[0, 42, 60, 112, 9_999].map((format) => uint(OPTION.ACCEPT, format)),
    ...[0, 1].map((value) => uint(OPTION.OBSERVE, value)),
    { number: OPTION.ETAG, value: Buffer.from('1') },
    { number: OPTION.ECHO, value: Buffer.alloc(8) },
    uint(9, 1),
  )
  const asked = fc
    .tuple(path, fc.array(option, { maxLength: 3 }), fc.constantFrom('', '54', '0102030405060708'), fc.nat(3))
    .map(([to, options, token, code]) => request(to, { options, token, code: code + 1 }))
  const anything = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes))
  const mended = anything.map((bytes) => Buffer.concat([Buffer.from([0x40, 1]), bytes]))
  fc.assert(
    fc.property(fc.oneof(asked, anything, mended), (datagram) => {
      expect(face.handle(datagram, PEER)?.length ?? 0).toBeLessThanOrEqual(3 * datagram.length)
    }),
    { numRuns: scaled(2_000, 500_000) },
  )
  expect(face.observations.count).toBe(0)
})

test('the byte budgets: flag 34, twenty flags 27, request and answer', () => {
  const flag = request('/s/HB-1001')
  const list = request('/b')
  const bytes = [flag, list].map((datagram) => datagram.length + (face.handle(datagram, PEER)?.length ?? 0))
  expect(bytes[0]).toBeLessThanOrEqual(34)
  expect(bytes[1]).toBeLessThanOrEqual(27)
  expect(bytes).toEqual([27, 25])
})

/** What RFC 7252 §5.10 and its kin say of the critical options: lengths that are right, and whether it may be repeated. */
const CRITICAL = [
  { number: 3, lengths: [1, 255], repeatable: false },
  { number: 7, lengths: [0, 2], repeatable: false },
  { number: 11, lengths: [0, 255], repeatable: true },
  { number: 15, lengths: [0, 255], repeatable: true },
  { number: 17, lengths: [0, 2], repeatable: false },
  { number: 23, lengths: [0, 3], repeatable: false },
  { number: 35, lengths: [1, 1034], repeatable: false },
  { number: 39, lengths: [1, 255], repeatable: false },
] as const

test.each(CRITICAL)(
  'the critical option $number with a bad length, or doubled, is 4.02',
  ({ number, lengths: [min, max], repeatable }) => {
    const code = (...values: number[]) =>
      face.ask(
        request('/.well-known/core', {
          token: '',
          options: values.map((length) => ({ number, value: Buffer.alloc(length) })),
        }),
      ).code
    for (const good of [min, max]) expect(code(good)).not.toBe(CODE.BAD_OPTION)
    if (min > 0) expect(code(min - 1)).toBe(CODE.BAD_OPTION)
    expect(code(max + 1)).toBe(CODE.BAD_OPTION)
    expect(code(max, max) === CODE.BAD_OPTION).toBe(!repeatable && number < 35)
  },
)

test('elective options with a bad length, or doubled, are ignored', () => {
  const held = { number: OPTION.ETAG, value: Buffer.from('1') }
  const long = { number: OPTION.ETAG, value: Buffer.from('1'.repeat(9)) }
  expect(face.ask(request('/s/HB-1001', { options: [long] })).code).toBe(CODE.CONTENT)
  expect(face.ask(request('/s/HB-1001', { options: [long, held] })).code).toBe(CODE.VALID)
  for (const value of ['00000000', '0000000000', '02', 'ffffff']) {
    const options = [{ number: OPTION.OBSERVE, value: Buffer.from(value, 'hex') }]
    const answer = face.ask(request('/s/HB-1001', { options }))
    expect([answer.code, optionOf(answer, OPTION.ECHO)]).toEqual([CODE.CONTENT, undefined])
  }
  // The second one is as if it were unknown.
  const twice = [uint(OPTION.OBSERVE, 1), uint(OPTION.OBSERVE, 0)]
  expect(face.ask(request('/s/HB-1001', { options: twice })).code).toBe(CODE.CONTENT)
})

test('a body is read block by block in any size, and a small one in one piece', () => {
  const whole = face.ask(request('/.well-known/core')).payload
  for (const size of [16, 32, 64, 1024]) {
    const parts: Buffer[] = []
    let more = true
    for (let number = 0; more; number++) {
      const block = uint(OPTION.BLOCK2, (number << 4) | (Math.log2(size) - 4))
      const answer = face.ask(request('/.well-known/core', { options: [block] }))
      expect(answer.code).toBe(CODE.CONTENT)
      more = ((uintOf(answer, OPTION.BLOCK2) ?? 0) & 0b1000) !== 0
      parts.push(answer.payload)
    }
    expect(parts.slice(0, -1).every(({ length }) => length === size)).toBe(true)
    expect(Buffer.concat(parts)).toEqual(whole)
  }
  const flag = face.ask(request('/s/HB-1001', { options: [uint(OPTION.BLOCK2, 2)] }))
  expect([flag.payload.toString(), uintOf(flag, OPTION.BLOCK2)]).toEqual(['1', undefined])
})

const fetchNamed = (names: unknown, options: readonly CoapOption[] = []) =>
  face.ask(request('/b', { code: CODE.FETCH, payload: Buffer.from(encode(names)), options }))

test.each([
  [['HB-1001', 'HB-1002', 'HB-1003'], [], CODE.CONTENT, 'a0'],
  [['HB-1003', 'HB-1002'], [uint(OPTION.CONTENT_FORMAT, 60)], CODE.CONTENT, '80'],
  [['HB-1001', 'HB-9999', 'HB-1002'], [uint(OPTION.ACCEPT, 60)], CODE.CONTENT, '83f5f6f4'],
  [['HB-1001', 'HB-9999'], [], CODE.NOT_FOUND, ''],
  [['HB-1001'], [uint(OPTION.ACCEPT, 112)], CODE.NOT_ACCEPTABLE, ''],
  [['HB-1001'], [uint(OPTION.CONTENT_FORMAT, 50)], CODE.UNSUPPORTED_CONTENT_FORMAT, ''],
  [Array.from({ length: 64 }, () => 'HB-1001'), [], CODE.CONTENT, 'ff'.repeat(8)],
  [Array.from({ length: 65 }, () => 'HB-1001'), [], CODE.BAD_REQUEST, ''],
  [[], [], CODE.BAD_REQUEST, ''],
  ['HB-1001', [], CODE.BAD_REQUEST, ''],
  [['HB-1001', 7], [], CODE.BAD_REQUEST, ''],
  [['a/b'], [], CODE.BAD_REQUEST, ''],
])('FETCH /b of %o with %o is %i %s', (names, options, code, hex) => {
  const answer = fetchNamed(names, options)
  expect([answer.code, answer.payload.toString('hex')]).toEqual([code, hex])
})

test('flags of SKUs by name are 2.03 for who holds them, and never those of another store', async () => {
  const { payload } = fetchNamed(['HB-1001'])
  const held = fetchNamed(['HB-1001'], [{ number: OPTION.ETAG, value: payload }])
  expect([held.code, held.payload.length]).toEqual([CODE.VALID, 0])
  face = await coapFace({ plainDevice: 'd102' })
  face.fill()
  expect(fetchNamed(['HB-1001']).code).toBe(CODE.NOT_FOUND)
  expect(fetchNamed(['HB-1001'], [uint(OPTION.ACCEPT, 60)]).payload.toString('hex')).toBe('81f6')
})
