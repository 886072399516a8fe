import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entityTags, matchesTag } from './entity-tags.ts'

const tag = '"abc"'

describe('If-None-Match', () => {
  it.each([
    tag,
    `W/${tag}`,
    '*',
    ' * ',
    '\t*\t',
    `"other", ${tag}`,
    `"other",W/${tag} , "third"`,
    `"other"\t,\t${tag}\t`,
    `"a, b", ${tag}`,
    `, ,${tag},`,
    `"",${tag}`,
  ])('matches by %s', (header) => expect(matchesTag(header, tag)).toBe(true))

  it.each([
    undefined,
    '',
    ' ',
    '"other"',
    'abc',
    '"abcx"',
    '"ab"',
    '**',
    `w/${tag}`,
    `W/ ${tag}`,
    `"*"`,
    `*, ${tag}`,
    `${tag}, *`,
    `"open, ${tag}`,
    `"x" ${tag}`,
    `x${tag}`,
  ])('does not match by %s', (header) => expect(matchesTag(header, tag)).toBe(false))
})

describe('a list of entity tags', () => {
  it('property: is read as it was written', () => {
    const tag = fc.tuple(fc.boolean(), fc.stringMatching(/^[!#-~]{0,9}$/))
    const gap = fc.constantFrom(',', ' , ', ',\t', ',,', ', ,')
    fc.assert(
      fc.property(fc.array(fc.tuple(tag, gap), { minLength: 1 }), (tags) => {
        const header = tags.map(([[weak, text], after]) => `${weak ? 'W/' : ''}"${text}"${after}`).join('')
        expect(entityTags(header)).toEqual(tags.map(([[weak, text]]) => ({ tag: `"${text}"`, weak })))
      }),
    )
  })

  it('property: has the same tags for If-Match and for If-None-Match, also when it is malformed', () => {
    const part = fc.constantFrom('"a"', 'W/', '"', ',', ' ', '\t', '*', 'a', 'w/"a"', '"a b"')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const header = parts.join('')
        const tags = entityTags(header)
        expect(matchesTag(header, '"a"')).toBe(tags === '*' || tags.some(({ tag }) => tag === '"a"'))
      }),
    )
  })

  it.each(['"a" "b"', '"a", b', '"a", *', '"a', 'a'])('%s is malformed and names none', (header) =>
    expect(entityTags(header)).toEqual([]),
  )
})
