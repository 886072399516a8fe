import { expect, test } from 'vitest'
import { formatMoney } from './format-money.ts'
import { localeOf } from './locale.ts'

test.for([
  [null, 'en'],
  ['', 'en'],
  ['de-AT', 'de'],
  ['pt, fr;q=0.8, de;q=0.9', 'de'],
  ['tlh', 'en'],
  ['*', 'en'],
  [';;;,q=,', 'en'],
] as const)('%j is answered in %s', ([header, locale]) => {
  expect(localeOf(header)).toBe(locale)
})

test('an amount is written in the minor units of its currency', () => {
  expect(formatMoney({ amountMinor: 7390, currency: 'EUR' }, 'en')).toBe('€73.90')
  expect(formatMoney({ amountMinor: 7390, currency: 'EUR' }, 'de')).toBe('73,90\u00a0€')
  expect(formatMoney({ amountMinor: 7390, currency: 'JPY' }, 'ja')).toBe('￥7,390')
})
