import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { etagOf, matches } from './etag.ts'

describe('an ETag', () => {
  it('is strong, and the same for the same bytes alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(etagOf(a)).toMatch(/^"[\w-]{22}"$/)
        expect(etagOf(a) === etagOf(b)).toBe(a === b)
      }),
    )
  })
})

describe('If-None-Match', () => {
  const tag = etagOf('body')

  it.each([
    tag,
    `W/${tag}`,
    '*',
    ' * ',
    `"other", ${tag}`,
    `"other",W/${tag} , "third"`,
    `"a, b", ${tag}`,
    `, ,${tag},`,
    `"",${tag}`,
  ])('matches by %s', (header) => expect(matches(header, tag)).toBe(true))

  it.each([
    undefined,
    '',
    '"other"',
    tag.slice(1, -1),
    `"${tag.slice(1, -1)}x"`,
    '**',
    `w/${tag}`,
    `"*"`,
    `*, ${tag}`,
    `"open, ${tag}`,
    `"x" ${tag}`,
    `x${tag}`,
  ])('does not match by %s', (header) => expect(matches(header, tag)).toBe(false))
})
