import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OPAQUE_ID } from './opaque-id.ts'

const slug = fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+){0,5}$/).filter(({ length }) => length <= 64)

test('ids of any service are taken: UUIDs, numbers, slugs, prefixed ids', () => {
  const number = fc.nat().map(String)
  const prefixed = fc
    .tuple(fc.constantFrom('prod_', 'gid-', 'SKU.'), fc.uuid())
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.oneof(fc.uuid(), number, slug, prefixed), (id) => OPAQUE_ID.test(id)),
    { numRuns: 1_000 },
  )
})

test.each([
  '',
  '.',
  '..',
  '...',
  'a/b',
  'a\\b',
  'a,b',
  'a?b',
  'a#b',
  'a b',
  'a%2Fb',
  'a\n',
  'ä',
  'a'.repeat(65),
])('what would be another path, query or list is not an id: %j', (text) =>
  expect(text).not.toMatch(OPAQUE_ID),
)

test('an id means the same in a path as it is written', () => {
  fc.assert(
    fc.property(fc.stringMatching(OPAQUE_ID), (id) => {
      expect(new URL(`/products/${encodeURIComponent(id)}/stock`, 'http://upstream').pathname).toBe(
        `/products/${id}/stock`,
      )
    }),
    { numRuns: 1_000 },
  )
})
