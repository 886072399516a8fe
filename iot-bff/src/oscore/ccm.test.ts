import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ccm, TAG_BYTES } from './ccm.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

/** RFC 3610 §8, the packet vectors with a tag of 8 bytes: key, nonce, additional data, message, result. */
const VECTORS = [
  [
    'c0c1c2c3c4c5c6c7c8c9cacbcccdcecf',
    '00000003020100a0a1a2a3a4a5',
    '0001020304050607',
    '08090a0b0c0d0e0f101112131415161718191a1b1c1d1e',
    '588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0',
  ],
  [
    'c0c1c2c3c4c5c6c7c8c9cacbcccdcecf',
    '00000005040302a0a1a2a3a4a5',
    '0001020304050607',
    '08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20',
    '51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5',
  ],
  [
    'c0c1c2c3c4c5c6c7c8c9cacbcccdcecf',
    '00000008070605a0a1a2a3a4a5',
    '000102030405060708090a0b',
    '0c0d0e0f101112131415161718191a1b1c1d1e1f20',
    '6fc1b011f006568b5171a42d953d469b2570a4bd87405a0443ac91cb94',
  ],
  [
    'd7828d13b2b0bdc325a76236df93cc6b',
    '00412b4ea9cdbe3c9696766cfa',
    '0be1a88bace018b1',
    '08e8cf97d820ea258460e96ad9cf5289054d895ceac47c',
    '4cb97f86a2a4689a877947ab8091ef5386a6ffbdd080f8e78cf7cb0cddd7b3',
  ],
] as const

test.each(VECTORS)('RFC 3610: key %s, nonce %s', (...row) => {
  const [key, nonce, additional, message, result] = [
    hex(row[0]),
    hex(row[1]),
    hex(row[2]),
    hex(row[3]),
    hex(row[4]),
  ]
  const ccm = new Ccm(key)
  for (let time = 0; time < 3; time++) {
    expect(ccm.seal(nonce, additional, message)).toEqual(result)
    expect(ccm.open(nonce, additional, result)).toEqual(message)
  }
})

const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array))

test('whatever is sealed is what OpenSSL makes of it, one message after the other, and opens again', () => {
  const key = hex('000102030405060708090a0b0c0d0e0f')
  const ccm = new Ccm(key)
  fc.assert(
    fc.property(bytes(13), bytes(0, 60), bytes(0, 300), (nonce, additional, message) => {
      const openssl = createCipheriv('aes-128-ccm', key, nonce, { authTagLength: TAG_BYTES })
      openssl.setAAD(additional, { plaintextLength: message.length })
      const expected = Buffer.concat([openssl.update(message), openssl.final(), openssl.getAuthTag()])
      const sealed = ccm.seal(nonce, additional, message)
      expect(sealed).toEqual(expected)
      expect(ccm.open(nonce, additional, sealed)).toEqual(message)
    }),
  )
})

test('one bit changed anywhere, in ciphertext, tag, nonce or additional data, opens nothing', () => {
  const ccm = new Ccm(hex('000102030405060708090a0b0c0d0e0f'))
  fc.assert(
    fc.property(bytes(13), bytes(1, 30), bytes(0, 60), fc.nat(), (nonce, additional, message, where) => {
      const sealed = ccm.seal(nonce, additional, message)
      const all = Buffer.concat([nonce, additional, sealed])
      const bit = where % (all.length * 8)
      all[bit >> 3] = (all[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const changed = {
        nonce: all.subarray(0, 13),
        additional: all.subarray(13, 13 + additional.length),
        sealed: all.subarray(13 + additional.length),
      }
      expect(ccm.open(changed.nonce, changed.additional, changed.sealed)).toBeUndefined()
      expect(ccm.open(nonce, additional, sealed)).toEqual(message)
    }),
  )
})

test.each([0, 1, 7])('%i bytes are nothing that was sealed', (length) => {
  const ccm = new Ccm(hex('000102030405060708090a0b0c0d0e0f'))
  expect(ccm.open(Buffer.alloc(13), Buffer.alloc(0), Buffer.alloc(length))).toBeUndefined()
})
