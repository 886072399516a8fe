import { expect, test } from 'vitest'
import { oscoreClient } from '../../test/oscore-peer.ts'
import {
  CODE,
  type CoapContent,
  encodeMessage,
  NO_BYTES,
  OPTION,
  parseMessage,
} from '../codecs/coap-message.ts'
import { deriveKeys, type KeyMaterial, nonceOf } from './keys.ts'
import { readOscoreOption, writeOscoreOption } from './option.ts'
import { SecurityContext } from './security-context.ts'

/** RFC 8613, appendix C: inputs and outputs as they stand there. */
const hex = (text: string) => Buffer.from(text, 'hex')
const secret = hex('0102030405060708090a0b0c0d0e0f10')
const salt = hex('9e7ca92223786340')
const material = (ids: [string, string], other: Partial<KeyMaterial> = {}): KeyMaterial => ({
  secret,
  salt,
  senderId: hex(ids[0]),
  recipientId: hex(ids[1]),
  ...other,
})
const C1 = material(['', '01'])
const C2 = material(['00', '01'], { salt: NO_BYTES })
const C3 = material(['', '01'], { idContext: hex('37cbf3210017a2d3') })
const otherSide = (side: KeyMaterial): KeyMaterial => ({
  ...side,
  senderId: side.recipientId,
  recipientId: side.senderId,
})

test.each([
  [
    'C.1',
    C1,
    'f0910ed7295e6ad4b54fc793154302ff',
    'ffb14e093c94c9cac9471648b4f98710',
    '4622d4dd6d944168eefb54987c',
  ],
  [
    'C.2',
    C2,
    '321b26943253c7ffb6003b0b64d74041',
    'e57b5635815177cd679ab4bcec9d7dda',
    'be35ae297d2dace910c52e99f9',
  ],
  [
    'C.3',
    C3,
    'af2a1300a5e95788b356336eeecd2b92',
    'e39a0c7c77b43f03b4b39ab9a268699f',
    '2ca58fb85ff1b81c0b7181b85e',
  ],
])('%s: keys of client and server', (_, side, sender, recipient, commonIv) => {
  const keys = { sender: hex(sender), recipient: hex(recipient), commonIv: hex(commonIv) }
  expect(deriveKeys(side)).toEqual(keys)
  expect(deriveKeys(otherSide(side))).toEqual({ ...keys, sender: keys.recipient, recipient: keys.sender })
})

const GET_TV1: CoapContent = {
  code: CODE.GET,
  options: [{ number: OPTION.URI_PATH, value: Buffer.from('tv1') }],
  payload: NO_BYTES,
}
const HELLO: CoapContent = { code: CODE.CONTENT, options: [], payload: Buffer.from('Hello World!') }

test.each([
  ['C.4', C1, '0914', '612f1092f1776f1c1668b3825e', '4622d4dd6d944168eefb549868'],
  ['C.5', C2, '091400', '4ed339a5a379b0b8bc731fffb0', 'bf35ae297d2dace910c52e99ed'],
  ['C.6', C3, '19140837cbf3210017a2d3', '72cd7273fd331ac45cffbe55c3', '2ca58fb85ff1b81c0b7181b84a'],
])(
  '%s: a request with sequence number 20, and what the server reads',
  (_, side, option, ciphertext, nonce) => {
    const sealed = oscoreClient(side).seal(GET_TV1, 20)
    expect(writeOscoreOption(sealed.option).toString('hex')).toBe(option)
    expect(sealed.ciphertext.toString('hex')).toBe(ciphertext)
    expect(nonceOf(deriveKeys(side).commonIv, side.senderId, hex('14')).toString('hex')).toBe(nonce)

    const read = readOscoreOption(hex(option))
    expect([read?.piv, read?.kid, read?.kidContext]).toEqual([hex('14'), side.senderId, side.idContext])
    const server = new SecurityContext(otherSide(side))
    expect(server.openRequest(hex('14'), hex(ciphertext))).toMatchObject({ content: GET_TV1 })
  },
)

test.each([
  ['C.7', undefined, '', 'dbaad1e9a7e7b2a813d3c31524378303cdafae119106'],
  ['C.8', 0, '0100', '4d4c13669384b67354b2b6175ff4b8658c666a6cf88e'],
] as const)(
  '%s: an answer, with the nonce of the request or a partial IV of its own',
  (_, sequence, option, ciphertext) => {
    const server = new SecurityContext(otherSide(C1))
    const sealed = server.sealAnswer(HELLO, hex('14'), sequence)
    expect(writeOscoreOption(sealed.option).toString('hex')).toBe(option)
    expect(sealed.ciphertext.toString('hex')).toBe(ciphertext)

    const answered = oscoreClient(C1).open(readOscoreOption(hex(option)) ?? {}, hex(ciphertext), hex('14'))
    expect(answered).toEqual(HELLO)
  },
)

test('C.4: the whole datagram, with Uri-Host left outside', () => {
  const datagram = hex('44025d1f00003974396c6f63616c686f737462091' + '4ff612f1092f1776f1c1668b3825e')
  const message = parseMessage(datagram)
  if (message === undefined || 'malformed' in message) throw new Error('not a message')
  const { option, ciphertext } = oscoreClient(C1).seal(GET_TV1, 20)
  const outer = message.options.map((each) =>
    each.number === OPTION.OSCORE ? { number: each.number, value: writeOscoreOption(option) } : each,
  )
  expect(encodeMessage({ ...message, options: outer, payload: ciphertext })).toEqual(datagram)
})

test.each([
  ['a flag byte of zero', '00'],
  ['reserved flags', 'e000'],
  ['a partial IV of six bytes', '06112233445566'],
  ['a partial IV with a zero in front', '020001'],
  ['a kid context that is longer than the option', '190105aa'],
  ['an end before the partial IV', '05aabb'],
  ['bytes after the partial IV that are no kid', '0114aa'],
])('%s is no OSCORE option', (_, value) => {
  expect(readOscoreOption(hex(value))).toBeUndefined()
})
