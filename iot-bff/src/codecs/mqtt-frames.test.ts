import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFrameReader } from './mqtt-frames.ts'

/** A packet with so many bytes after its head. */
function packet(type: number, length: number): Buffer {
  const head = [type << 4]
  let rest = length
  do {
    head.push((rest % 128) | (rest >= 128 ? 0x80 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, 0xff)])
}

test('every packet is found, however its bytes are cut into chunks', () => {
  const packets = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 14 }), fc.constantFrom(0, 1, 2, 127, 128, 129, 16_384)),
    {
      maxLength: 8,
    },
  )
  fc.assert(
    fc.property(packets, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(([type, length]) => packet(type, length)))
      const found: [number, number][] = []
      const read = createFrameReader((type, size) => found.push([type, size]) > 0)
      for (let at = 0, n = 0; at < bytes.length; n++) {
        const step = cuts[n % cuts.length] ?? 1
        expect(read(bytes.subarray(at, at + step))).toBe(true)
        at += step
      }
      expect(found).toEqual(sent.map(([type, length]) => [type, packet(type, length).length]))
    }),
  )
})

test('a packet is told by its head, before its body has come', () => {
  const found: number[] = []
  const read = createFrameReader((_, bytes) => {
    found.push(bytes)
    return bytes < 1_000
  })
  expect(read(packet(3, 2_000_000).subarray(0, 5))).toBe(false)
  expect(found).toEqual([2_000_004])
})

test('a length that does not end is refused', () => {
  const read = createFrameReader(() => true)
  expect(read(Buffer.from('30ffffff', 'hex'))).toBe(true)
  expect(read(Buffer.from('ff', 'hex'))).toBe(false)
})
