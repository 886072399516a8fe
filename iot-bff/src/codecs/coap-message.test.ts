import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeUint,
  encodeMessage,
  encodeUint,
  NO_BYTES,
  OPTION,
  parseMessage,
  TYPE,
} from './coap-message.ts'

const bytes = (options: { minLength?: number; maxLength: number }) =>
  fc.uint8Array(options).map((array) => Buffer.from(array))

const methodOrResponse = fc
  .tuple(fc.constantFrom(0, 2, 3, 4, 5), fc.integer({ min: 1, max: 31 }))
  .map(([codeClass, detail]) => (codeClass << 5) | detail)

const anyMessage = fc.record({
  type: fc.integer({ min: 0, max: 3 }),
  code: methodOrResponse,
  messageId: fc.integer({ min: 0, max: 0xffff }),
  token: bytes({ maxLength: 8 }),
  options: fc
    .array(fc.record({ number: fc.integer({ min: 0, max: 0xffff }), value: bytes({ maxLength: 400 }) }), {
      maxLength: 8,
    })
    .map((options) => options.sort((a, b) => a.number - b.number)),
  payload: bytes({ maxLength: 64 }),
})

test('what is written is read again', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      expect(parseMessage(encodeMessage(message))).toEqual(message)
    }),
  )
})

test('any bytes are a message, malformed or nothing, and never an exception', () => {
  fc.assert(
    fc.property(bytes({ maxLength: 64 }), (datagram) => {
      const parsed = parseMessage(datagram)
      if (parsed !== undefined && !('malformed' in parsed))
        expect(encodeMessage(parsed).length).toBeGreaterThan(3)
    }),
    { numRuns: 2_000 },
  )
})

// RFC 7252, appendix A: a GET of /temperature, without a token and with one.
test.each([
  ['40017d34bb74656d7065726174757265', { type: TYPE.CON, code: 1, messageId: 0x7d34 }, '', 'temperature', ''],
  [
    '41017d3520bb74656d7065726174757265',
    { type: TYPE.CON, code: 1, messageId: 0x7d35 },
    '20',
    'temperature',
    '',
  ],
])('%s is the request of the RFC', (hex, head, token, path, payload) => {
  const message = {
    ...head,
    token: Buffer.from(token, 'hex'),
    options: [{ number: OPTION.URI_PATH, value: Buffer.from(path) }],
    payload: Buffer.from(payload),
  }
  expect(parseMessage(Buffer.from(hex, 'hex'))).toEqual(message)
  expect(encodeMessage(message).toString('hex')).toBe(hex)
})

test('the 2.05 of the RFC is read', () => {
  expect(parseMessage(Buffer.from('60457d34ff32322e332043', 'hex'))).toEqual({
    type: TYPE.ACK,
    code: 0x45,
    messageId: 0x7d34,
    token: NO_BYTES,
    options: [],
    payload: Buffer.from('22.3 C'),
  })
})

test.each([
  ['an unfinished header', '4001'],
  ['version 2', '80017d34'],
  ['nothing', ''],
])('%s is ignored', (_, hex) => {
  expect(parseMessage(Buffer.from(hex, 'hex'))).toBeUndefined()
})

test.each([
  ['a token of nine bytes', '49017d34010203040506070809'],
  ['a token cut short', '48017d340102'],
  ['a payload marker without a payload', '40017d34ff'],
  ['an option cut short', '40017d34b57465'],
  ['an extended length cut short', '40017d34bd'],
  ['a delta of 15 that is no marker', '40017d34f1'],
  ['a length of 15', '40017d341f'],
  ['an option number above 65535', '40017d34e0ffff'],
  ['an empty message with a token', '41007d3401'],
  ['a code of a reserved class', '40207d34'],
])('%s is malformed', (_, hex) => {
  const datagram = Buffer.from(hex, 'hex')
  expect(parseMessage(datagram)).toEqual({ malformed: true, type: TYPE.CON, messageId: 0x7d34 })
})

test.each([
  [0, ''],
  [1, '01'],
  [255, 'ff'],
  [256, '0100'],
  [0xff_ffff, 'ffffff'],
  [0xffff_ffff, 'ffffffff'],
])('the integer %i is written without leading zeros', (value, hex) => {
  expect(encodeUint(value).toString('hex')).toBe(hex)
  expect(decodeUint(Buffer.from(hex, 'hex'))).toBe(value)
})

test('options out of order are an error of the program, not a wrong datagram', () => {
  const options = [OPTION.MAX_AGE, OPTION.ETAG].map((number) => ({ number, value: NO_BYTES }))
  expect(() =>
    encodeMessage({ type: 0, code: 0x45, messageId: 1, token: NO_BYTES, options, payload: NO_BYTES }),
  ).toThrow(RangeError)
})
