import { expect, it } from 'vitest'
import { isPatternWithin } from './pattern-inclusion.ts'

const ID = '^[\\w-][\\w.-]{0,63}$'

it.each([
  ['^p\\d{1,9}$', ID],
  ['^HB-\\d{1,9}$', ID],
  ['^cat-\\d{2,4}$', ID],
  ['^(a|b)$', '^[a-c]$'],
  [ID, ID],
])('%s is within %s', (inner, outer) => expect(isPatternWithin(inner, outer)).toBe(true))

it.each([
  ['another character', '^p\\d{1,9}#?$', ID],
  ['a longer text', '^p\\d{1,64}$', ID],
  ['the other way round', ID, '^p\\d{1,9}$'],
  ['an inner pattern without anchors, which matches any text around it', 'p\\d', ID],
  ['anchors that hold for one alternative each', '^a|b$', '^[ab]$'],
  ['look-ahead, of which nothing is proved', '^(?!x)a$', '^a$'],
])('not within: %s', (_, inner, outer) => expect(isPatternWithin(inner, outer)).toBe(false))
