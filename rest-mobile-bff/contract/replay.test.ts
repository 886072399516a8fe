import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { routesOf } from '@harbor/shared-contract/openapi/document'
import { asking } from '@harbor/shared-contract/record'
import { recordRelease } from '@harbor/shared-contract/record-release'
import { keptReleases, type Release } from '@harbor/shared-contract/releases'
import { replay } from '@harbor/shared-contract/replay'
import type { Screen } from '@harbor/shared-edge/rest/screen'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ACTIONS } from '../src/actions/index.ts'
import { SCREENS } from '../src/screens/index.ts'
import { productScreen } from '../src/screens/product.ts'
import { mobileApi } from './api.ts'

const inFolder = (releases: string) => ({ ...mobileApi(), releases })

const TODAY = '2026-11-20'
const KEPT = await keptReleases(mobileApi().releases)

const replayed = (
  release: Release,
  screens: readonly Screen[],
  newer: readonly Release[] = [],
  today = TODAY,
) => mobileApi(screens).run((app) => replay(release, newer, asking(app), today))

describe.skipIf(KEPT.length === 0)('an app that was shipped with release', () => {
  const today = new Date().toISOString().slice(0, 10)
  it.each(KEPT)('$version still works', { timeout: 60_000 }, async (release) => {
    const newer = KEPT.slice(KEPT.indexOf(release) + 1)
    expect(await replayed(release, SCREENS, newer, today)).toEqual([])
  })
})

describe('a release that is kept today', () => {
  let folder = ''
  let release: Release
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'releases-'))
    await recordRelease(inFolder(folder), '1.0.0')
    const [kept] = await keptReleases(folder)
    if (!kept) throw new Error('nothing was kept')
    release = kept
  }, 60_000)
  afterAll(() => rm(folder, { recursive: true }))

  it('shows every route at work, conditional, refused, and what it says of its end', () => {
    const of = (route: string) => release.fixtures.filter((recorded) => recorded.route === route)
    for (const screen of SCREENS) {
      const statuses = of(`GET ${screen.path}`).map(({ answer }) => answer.status)
      expect(statuses).toContain(200)
      expect(statuses).toContain(304)
      if (screen.access !== 'public') expect(statuses).toContain(401)
      expect(of(`HEAD ${screen.path}`).map(({ answer }) => answer.status)).toEqual([200])
    }
    for (const { answer } of of('GET /v1/checkout-summary'))
      expect(answer.headers).toMatchObject({
        deprecation: '@1793491200',
        sunset: 'Mon, 01 Nov 2027 00:00:00 GMT',
      })
  })

  it('was refused with problems that its document names for the route', () => {
    const refused = release.fixtures.filter(({ answer }) => answer.status >= 400)
    expect(refused.length).toBeGreaterThan(5)
    for (const { route, answer } of refused) {
      const operation = routesOf(release.document).find(({ name }) => name === route)?.operation
      const { code } = z.object({ code: z.string() }).parse(answer.body)
      expect([route, JSON.stringify(operation?.responses[answer.status])]).toEqual([
        route,
        expect.stringContaining(code),
      ])
    }
  })

  it('is recorded the same each time, of reasonable size, with no credential in it', async () => {
    const again = await mkdtemp(join(tmpdir(), 'releases-'))
    await recordRelease(inFolder(again), '1.0.0')
    const [first, second] = await Promise.all(
      [folder, again].map((place) => readFile(join(place, '1.0.0', 'fixtures.json'), 'utf8')),
    )
    await rm(again, { recursive: true })
    expect(second).toBe(first)
    expect(first?.length).toBeLessThan(300_000)
    expect(first).not.toMatch(/eyJ|Bearer [\w.-]{20}|secret/i)
  })

  it('shows every action done, done before, and refused', () => {
    for (const { method, path } of ACTIONS) {
      const answers = release.fixtures
        .filter(({ route }) => route === `${method} ${path}`)
        .map(({ answer }) => answer)
      expect(answers.slice(0, 2).map(({ status }) => status < 300)).toEqual([true, true])
      expect(answers[1]?.headers).toMatchObject({ 'idempotency-replayed': 'true' })
      expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([400, 401]))
    }
  })

  it('is kept once', async () => {
    await expect(recordRelease(inFolder(folder), '1.0.0')).rejects.toThrow(/allowed: one above 1\.0\.0/)
    await expect(recordRelease(inFolder(folder), 'next')).rejects.toThrow('allowed: a version such as 1.4.0')
  })

  it('is answered today as it was', async () => {
    expect(await replayed(release, SCREENS)).toEqual([])
  })

  const product: Screen = productScreen
  const altered = (change: Partial<Screen>): Screen[] =>
    SCREENS.map((screen) => (screen === product ? { ...screen, ...change } : screen))
  const answering = (change: (body: Record<string, unknown>) => object) =>
    altered({
      answer: async (request) => {
        const answer = await product.answer(request)
        return { ...answer, view: change({ ...answer.view }) }
      },
    })
  const PLAIN = '1.0.0, GET /v1/products/p1001'

  it.each<[string, Screen[], string]>([
    [
      'a field is gone',
      answering(({ name: _, ...rest }) => rest),
      "the body must have required property 'name'",
    ],
    ['a field is null', answering((body) => ({ ...body, name: null })), '/name must be string'],
    [
      'a field has another type',
      answering((body) => ({ ...body, price: '12 €' })),
      '/price must be object,null',
    ],
    ['it is another product', answering((body) => ({ ...body, id: 'p1' })), '/id was "p1001", now "p1"'],
    ['its schema is an older one', altered({ version: 0 }), 'header schema-version was "1", now "0"'],
    [
      'caches may keep it for others',
      altered({ cache: { scope: 'private', maxAge: 1 } }),
      'header cache-control was',
    ],
    ['it needs a scope that the app has not', altered({ access: ['cart:write'] }), 'answered 200, now 401'],
    ['it moved', altered({ path: '/v2/products/{id}' }), 'answered 200, now 404 NOT_FOUND'],
  ])('is not kept when %s', { timeout: 60_000 }, async (_, screens, fault) => {
    const faults = await replayed(release, screens)
    expect(faults).toContainEqual(expect.stringContaining(PLAIN))
    expect(faults).toContainEqual(expect.stringContaining(fault))
  })

  it('is kept when fields are added', async () => {
    expect(
      await replayed(
        release,
        answering((body) => ({ ...body, added: 1 })),
      ),
    ).toEqual([])
  })

  it('is kept without a route whose Sunset, announced by it or a later one, has passed', async () => {
    const without = SCREENS.filter(({ path }) => path !== '/v1/checkout-summary')
    expect(await replayed(release, without, [], '2027-10-31')).not.toEqual([])
    expect(await replayed(release, without, [], '2027-11-01')).toEqual([])

    const deprecated = { since: '2026-12-01', sunset: '2027-06-01', successor: '/v2/products/{id}' }
    const home = release.document.paths['/v1/products/{id}']
    if (!home?.get || !home.head) throw new Error('no product in the document')
    const announced = {
      get: { ...home.get, 'x-deprecated': deprecated },
      head: { ...home.head, 'x-deprecated': deprecated },
    }
    const newer: Release = {
      ...release,
      document: { ...release.document, paths: { ...release.document.paths, '/v1/products/{id}': announced } },
    }
    const gone = SCREENS.filter((screen) => screen !== product)
    expect(await replayed(release, gone, [newer], '2027-06-01')).toEqual([])
  })
})
