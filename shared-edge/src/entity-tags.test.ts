import { describe, expect, it } from 'vitest'
import { matchesTag } from './entity-tags.ts'

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
