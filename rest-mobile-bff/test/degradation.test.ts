import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { SCREENS } from '../src/screens/index.ts'
import { type Case, degradationCases } from './degradation.ts'
import { degradationPage } from './degradation-page.ts'

const PAGE = new URL('../../docs/degradation.md', import.meta.url)

it('every screen does with every trouble at every upstream what its definition promises, and what the docs say', async () => {
  const cases = await degradationCases(SCREENS)
  const surprises = cases.filter(({ surprise }) => surprise !== undefined)
  expect(surprises).toEqual([])
  expect(cases.length).toBeGreaterThan(100)
  const [ofMobile = ''] = (await readFile(PAGE, 'utf8')).split('## Web')
  expect(ofMobile.trimEnd(), 'run "pnpm degradation"').toBe(degradationPage(cases).trimEnd())
}, 120_000)

it('what is other than promised is a surprise', () => {
  const one: Case = {
    screen: 'home',
    upstream: 'cart',
    need: 'optional',
    trouble: 'error',
    outcome: '500 `INTERNAL`',
    missing: [],
    surprise: 'status: 500 instead of 200',
  }
  expect(degradationPage([one])).toMatch(
    /1 cases, 1 surprises[\s\S]+\*\*Surprise\*\*: home, cart, error: status: 500/,
  )
})
