import { readFile } from 'node:fs/promises'
import { random } from '@harbor/shared-testing/seed'
import { scaled } from '@harbor/shared-testing/soak'
import { expect, test } from 'vitest'
import { QUERIES, webDegradationCases } from '../degradation/cases.ts'
import { degradationRows, webDegradation } from '../degradation/page.ts'

const PAGE = new URL('../../../docs/degradation.md', import.meta.url)
const TROUBLES = ['error', 'hang', 'malformed', 'unknown enum', 'one broken row']

/** A part of the queries by chance; all of them in a soak, and when the page is written. */
const asked = QUERIES.filter(() => random() < scaled(0.4, 1))

test('persisted queries degrade as their nullability promises, whatever is wrong with any of their upstreams', {
  timeout: 300_000,
}, async () => {
  const cases = await webDegradationCases(asked)
  expect(cases.filter(({ surprise }) => surprise !== undefined)).toEqual([])
  expect(new Set(cases.map(({ operation }) => operation))).toEqual(new Set(asked.map(({ name }) => name)))
  const [, ofWeb = ''] = (await readFile(PAGE, 'utf8')).split('## Web')
  for (const row of degradationRows(cases)) expect(ofWeb, 'run "pnpm degradation"').toContain(row)
  if (asked.length < QUERIES.length) return
  expect(`## Web${ofWeb}`.trimEnd(), 'run "pnpm degradation"').toBe(webDegradation(cases).trimEnd())
  // Each trouble costs something somewhere: none of them is without effect.
  for (const trouble of TROUBLES)
    expect(
      cases.some((one) => one.trouble === trouble && one.missing.length > 0),
      trouble,
    ).toBe(true)
})

test('the page about degradation has a row for every persisted query that calls an upstream', async () => {
  const [, ofWeb = ''] = (await readFile(PAGE, 'utf8')).split('## Web')
  for (const { name, fanOut } of QUERIES) if (fanOut.size > 0) expect(ofWeb).toContain(`\n| ${name} | `)
})
