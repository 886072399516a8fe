import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keepsWithin } from './json-shape.ts'

const bytes = (text: string) => Buffer.from(text)

/** The same check on the parsed value. */
function within(value: unknown, maxDepth: number, maxMembers: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  const members = Object.values(value)
  return (
    maxDepth > 0 &&
    members.length <= maxMembers &&
    members.every((member) => within(member, maxDepth - 1, maxMembers))
  )
}

test('gives the same result for any JSON text, whatever its whitespace, as for its parsed value', () => {
  const spaces = fc.constantFrom(undefined, 1, '\t')
  const limits = fc.integer({ min: 1, max: 5 })
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\\', '"', '[[[', '{,', '\\"', '\\\\'),
  )
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.array(nasty),
      spaces,
      limits,
      limits,
      (value, odd, space, depth, members) => {
        for (const text of [JSON.stringify(value, null, space), JSON.stringify(odd, null, space)])
          expect(keepsWithin(bytes(text), { maxDepth: depth, maxMembers: members })).toBe(
            within(JSON.parse(text), depth, members),
          )
      },
    ),
    { numRuns: 500 },
  )
})

test('terminates for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
      expect(typeof keepsWithin(any, { maxDepth: 3, maxMembers: 3 })).toBe('boolean')
    }),
  )
})

test.for(['[]]]]]]]][[[[', '"', '"\\', '}', ']', ',,', ''])(
  'passes %j on for the parser to refuse',
  (text) => {
    expect(keepsWithin(bytes(text), { maxDepth: 4, maxMembers: 4 })).toBe(true)
  },
)

test('a million nested arrays are refused at once', () => {
  const begun = performance.now()
  expect(keepsWithin(bytes('['.repeat(1_000_000)), { maxDepth: 32, maxMembers: 1_000 })).toBe(false)
  expect(performance.now() - begun).toBeLessThan(100)
})
