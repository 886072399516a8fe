import { decode } from 'cborg'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeBitmap } from './stock-bitmap.ts'

const readBit = (bits: Buffer, index: number) => ((bits[1 + (index >> 3)] ?? 0) >> (7 - (index & 7))) & 1

test('each flag is read back from its bit, and nothing else is set', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 255 }),
      fc.array(fc.boolean(), { maxLength: 600 }),
      (version, flags) => {
        const bits = encodeBitmap('d101/shelf', version, flags).plain.body
        expect(bits[0]).toBe(version)
        expect(bits.length).toBe(1 + Math.ceil(flags.length / 8))
        const read = Array.from({ length: (bits.length - 1) * 8 }, (_, index) => readBit(bits, index) === 1)
        expect(read.slice(0, flags.length)).toEqual(flags)
        expect(read.slice(flags.length)).not.toContain(true)
      },
    ),
  )
})

test('the first flag is the most significant bit', () => {
  expect(
    encodeBitmap('d101/shelf', 7, [
      true,
      ...Array.from({ length: 7 }, () => false),
      true,
    ]).plain.body.toString('hex'),
  ).toBe('078080')
})

test('the other formats hold the same bytes', () => {
  const { plain, cbor, senml } = encodeBitmap('d101/shelf', 1, [true, false, true])
  expect(Buffer.from(decode(cbor.body))).toEqual(plain.body)
  const [record] = decode(senml.body, { useMaps: true })
  expect(record.get(0)).toBe('d101/shelf')
  expect(Buffer.from(record.get(8))).toEqual(plain.body)
})

test('a tag is the value up to eight bytes, and a hash of eight bytes beyond', () => {
  const short = encodeBitmap(
    'd101/shelf',
    1,
    Array.from({ length: 56 }, () => true),
  ).plain
  const long = encodeBitmap(
    'd101/shelf',
    1,
    Array.from({ length: 57 }, () => true),
  ).plain
  const other = encodeBitmap(
    'd101/shelf',
    2,
    Array.from({ length: 57 }, () => true),
  ).plain
  expect(short.etag).toEqual(short.body)
  expect(long.etag.length).toBe(8)
  expect(other.etag).not.toEqual(long.etag)
})
