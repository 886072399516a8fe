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
])('Accept-Language %s is answered in %s', (header, locale) => expect(negotiateLocale(header)).toBe(locale))
