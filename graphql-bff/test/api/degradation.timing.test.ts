import { readFile } from 'node:fs/promises'
import { getOperationAST } from 'graphql'
import { expect, test } from 'vitest'
import { webDegradationCases } from '../degradation/cases.ts'
import { webDegradation } from '../degradation/page.ts'
import { OPERATIONS } from '../operations.ts'

const PAGE = new URL('../../../docs/degradation.md', import.meta.url)

test('every persisted query degrades as its nullability promises, whatever is wrong with any of its upstreams', {
  timeout: 300_000,
}, async () => {
  const cases = await webDegradationCases()
  expect(cases.filter(({ surprise }) => surprise !== undefined)).toEqual([])
  const queries = [...OPERATIONS.byHash.values()].filter(
    ({ document }) => getOperationAST(document)?.operation === 'query',
  )
  expect(new Set(cases.map(({ operation }) => operation))).toEqual(new Set(queries.map(({ name }) => name)))
  const [, ofWeb] = (await readFile(PAGE, 'utf8')).split('## Web')
  expect(`## Web${ofWeb}`.trimEnd(), 'run "pnpm degradation"').toBe(webDegradation(cases).trimEnd())
  // Each trouble costs something somewhere: none of them is without effect.
  for (const trouble of ['error', 'hang', 'malformed', 'unknown enum', 'one broken row'])
    expect(
      cases.some((one) => one.trouble === trouble && one.missing.length > 0),
      trouble,
    ).toBe(true)
})
