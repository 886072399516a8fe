import { readFile } from 'node:fs/promises'
import { corrected } from '@harbor/shared-contract/errata'
import { keptReleases } from '@harbor/shared-contract/releases'
import { exampleFaults, fixtureFaults, lintFaults } from '@harbor/shared-contract/verify'
import { describe, expect, it } from 'vitest'
import { ACTIONS } from '../src/actions/index.ts'
import { SCREENS } from '../src/screens/index.ts'
import { mobileApi } from './api.ts'

const text = await readFile(new URL('../openapi.json', import.meta.url), 'utf8')
const altered = (from: string | RegExp, to: string): unknown => {
  expect(text).toMatch(from)
  return JSON.parse(text.replace(from, to))
}
const METHOD = '"pattern": "^[A-Za-z][\\\\w.-]{0,63}$"'

describe('a wrong document is found', () => {
  it.each<[string, string | RegExp, string, string]>([
    ['a pattern with its flag', METHOD, '"pattern": "^[a-z][\\\\w.-]{0,63}$/i"', 'must match pattern'],
    [
      'a reference that leads nowhere',
      '#/components/schemas/Money"',
      '#/components/schemas/Mony"',
      "Can't resolve $ref",
    ],
    ['a type that there is not', '"type": "boolean"', '"type": "bool"', 'type'],
    ['an example of another type', /"amount": (\d+)/, '"amount": "$1"', 'must be integer'],
    ['a path without its parameter', '/v1/products/{id}', '/v1/products/{key}', '{key}'],
  ])('by the validator: %s', async (_, from, to, fault) => {
    expect((await lintFaults('openapi', altered(from, to))).join()).toContain(fault)
  })

  it('by the server: an example that it refuses, of a parameter and of a body', () => {
    expect(exampleFaults('openapi', JSON.parse(text), SCREENS, ACTIONS)).toEqual([])
    const faults = (from: string, to: string) => exampleFaults('openapi', altered(from, to), SCREENS, ACTIONS)
    expect(faults('"example": "p1001"', '"example": "p/1001"').join()).toContain('the example of its path')
    expect(faults('"example": "card"', '"example": "4111 1111"').join()).toContain('the example of its body')
  })
})

describe('a release', () => {
  it('is found wrong by an answer that it recorded and does not allow', async () => {
    const [release] = await keptReleases(mobileApi().releases)
    if (!release) throw new Error('no release')
    expect(fixtureFaults(release)).toEqual([])
    const fixtures = release.fixtures.map((recorded) => ({
      ...recorded,
      answer: { ...recorded.answer, body: { ...Object(recorded.answer.body), degraded: 'none' } },
    }))
    expect(fixtureFaults({ ...release, fixtures }).join()).toContain('/degraded must be array')
  })

  it('is corrected where it was wrong, and nowhere else; an erratum of what it does not say is refused', () => {
    const document = { paths: { '/v1/a': { pattern: 'x/i' } } }
    const erratum = {
      at: '/paths/~1v1~1a/pattern',
      is: 'x',
      why: 'a flag was a part of it',
      on: '2026-11-27',
    }
    expect(corrected(document, [{ ...erratum, was: 'x/i' }])).toEqual({
      paths: { '/v1/a': { pattern: 'x' } },
    })
    expect(document.paths['/v1/a'].pattern).toBe('x/i')
    expect(() => corrected(document, [{ ...erratum, was: 'y' }])).toThrow('the document says "x/i"')
    expect(() => corrected(document, [erratum])).toThrow('the document says "x/i"')
  })
})
