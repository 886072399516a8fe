import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { etagOf } from './etag.ts'

describe('an ETag', () => {
  it('is strong, and equal for equal bytes only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(etagOf(a)).toMatch(/^"[\w-]{22}"$/)
        expect(etagOf(a) === etagOf(b)).toBe(a === b)
      }),
    )
  })
})
