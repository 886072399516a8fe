import { growth, LINEAR } from '@harbor/shared-testing/growth'
import { expect, test } from 'vitest'
import { entityTags, matchesTag } from './entity-tags.ts'

test.each<[string, (n: number) => string]>([
  ['spaces before what is no tag', (n) => `"a",${' '.repeat(n)}x`],
  ['spaces and tabs', (n) => ' \t'.repeat(n / 2)],
  ['spaces before commas', (n) => `${' '.repeat(50)},`.repeat(n / 50)],
  ['commas', (n) => ','.repeat(n)],
  ['quotes', (n) => '"'.repeat(n + 1)],
  ['tags', (n) => '"a",'.repeat(n / 4)],
  ['open tags', (n) => 'W/"'.repeat(n / 3)],
  ['weak marks', (n) => 'W/'.repeat(n / 2)],
])('entity tags with %s are read in linear time', (_, header) => {
  expect(growth(header, (text) => entityTags(text))).toBeLessThan(LINEAR)
  expect(growth(header, (text) => matchesTag(text, '"b"'))).toBeLessThan(LINEAR)
})
