import { expect, it } from 'vitest'
import { negotiateLocale } from './locale.ts'

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['de-AT', 'de'],
  ['DE-at,en;q=0.5', 'de'],
  ['en;q=0.1, ja;q=0.9', 'ja'],
  ['it, fr;q=0.3', 'fr'],
  ['it', 'en'],
  ['*', 'en'],
  [';;q=x,,', 'en'],
  ['de;q=0', 'en'],
  ['en;q=0', 'de'],
  ['de;q=0, *', 'en'],
  ['de-AT;q=0, de', 'de'],
  ['*;q=0', 'en'],
  ['fr;q=0.2, *;q=0.1, de;q=0.3', 'de'],
  ['en\t;\tq=0.1,\tfr', 'fr'],
])('Accept-Language %s is answered in %s', (header, locale) => expect(negotiateLocale(header)).toBe(locale))
