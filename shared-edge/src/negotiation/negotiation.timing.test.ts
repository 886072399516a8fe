import { growth, LINEAR } from '@harbor/shared-testing/growth'
import { expect, test } from 'vitest'
import { acceptedMediaTypes, preferredCoding, preferredLanguage } from './index.ts'

test.each<[string, (n: number) => string]>([
  ['members', (n) => 'a/b;q=0.1,'.repeat(n / 10)],
  ['commas', (n) => ','.repeat(n)],
  ['semicolons', (n) => `a/b${' ;'.repeat(n / 2)}`],
  ['spaces', (n) => `a/b${' '.repeat(n)}x`],
  ['quotes', (n) => `a/b;x="${',"'.repeat(n / 2)}`],
  ['backslashes', (n) => `a/b;x="${'\\'.repeat(n)}`],
  ['weights', (n) => `a/b;q=0.${'0'.repeat(n)}`],
  ['one long name', (n) => 'a'.repeat(n)],
  ['one long language', (n) => 'a-'.repeat(n / 2)],
])('a header of %s is read in linear time', (_, header) => {
  const negotiate = (text: string) => [
    acceptedMediaTypes(text, ['a/c', 'x/y']),
    preferredLanguage(text, ['en', 'de']),
    preferredCoding(text, ['br', 'gzip']),
  ]
  expect(growth(header, negotiate)).toBeLessThan(LINEAR)
})
