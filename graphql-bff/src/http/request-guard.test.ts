import { createLog } from '@harbor/shared-runtime/log'
import { describe, expect, it } from 'vitest'
import { fakeUpstreams } from '../../test/fake-upstreams.ts'
import { OPERATIONS } from '../../test/operations.ts'
import { CSRF, HASHES, testApp } from '../../test/test-app.ts'
import { testPage } from '../../test/test-page.ts'
import { ORIGIN, testSession } from '../../test/test-session.ts'
import { testWrites } from '../../test/test-writes.ts'
import { createApp } from '../app.ts'
import type { RouteKind } from './route.ts'

/** Every route with what it is for: who adds one says so here, too. */
const ROUTES: Record<string, RouteKind> = {
  'GET /': 'navigation',
  'HEAD /': 'navigation',
  'GET /products/:id': 'navigation',
  'HEAD /products/:id': 'navigation',
  'GET /auth/login': 'navigation',
  'GET /auth/callback': 'navigation',
  'GET /graphiql': 'navigation',
  'GET /graphql': 'api',
  'POST /graphql': 'api',
  'GET /session': 'api',
  'POST /auth/logout': 'api',
  'POST /auth/logout-everywhere': 'api',
  'POST /auth/backchannel-logout': 'server',
  ...Object.fromEntries(
    ['/graphql/public', '/operations.json', ...testPage.assets.keys()].flatMap((path) =>
      [`GET ${path}`, `HEAD ${path}`].map((route) => [route, 'asset' as const]),
    ),
  ),
}

const { clients } = fakeUpstreams()
const newApp = (allowAdhoc = true) =>
  createApp({
    clients,
    writes: testWrites(clients),
    session: testSession().boundary,
    operations: OPERATIONS,
    log: createLog('test', 'silent'),
    page: testPage,
    allowAdhoc,
  })

describe('routes', () => {
  it('are exactly these, each with its kind', () => {
    const served = newApp()
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`)
    expect(served.toSorted()).toEqual(Object.keys(ROUTES).toSorted())
  })

  it('that are not listed with a kind are refused, whatever the app has been given', async () => {
    const app = newApp()
    app.get('/forgotten', (c) => c.text('reached'))
    app.post('/graphql/*', (c) => c.text('reached'))
    for (const path of ['/forgotten', '/graphql/x', '/graphql/', '//graphql', '/GRAPHQL', '/%67raphql'])
      expect((await app.request(path, { headers: CSRF })).status, path).toBe(404)
  })

  it('are asked for by the methods that they list, and no others', async () => {
    const app = newApp()
    for (const path of new Set(Object.keys(ROUTES).map((route) => route.split(' ')[1] ?? '')))
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PURGE'])
        if (ROUTES[`${method} ${path}`] === undefined) {
          const answer = await app.request(path, {
            method: method === 'TRACE' ? 'TRACEX' : method,
            headers: CSRF,
          })
          expect([path, method, answer.status]).toEqual([path, method, 405])
          expect(answer.headers.get('allow')).toMatch(/GET|POST/)
          expect(answer.headers.get('access-control-allow-origin')).toBeNull()
        }
  })

  it('have no GraphiQL where documents of anybody are not taken', async () => {
    expect((await newApp(false).request('/graphiql')).status).toBe(404)
    expect(await (await newApp().request('/graphiql')).text()).toContain('x-csrf')
  })
})

/** What a request may say of itself; `undefined`: nothing. */
const NAMES = [
  'x-csrf',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'origin',
  'content-type',
] as const
type Said = Record<(typeof NAMES)[number], string | undefined>
const VALUES: Record<keyof Said, readonly (string | undefined)[]> = {
  'x-csrf': [undefined, '1', '0', 'true', ''],
  'sec-fetch-site': [undefined, 'same-origin', 'same-site', 'cross-site', 'none'],
  'sec-fetch-mode': [undefined, 'navigate', 'cors', 'no-cors', 'same-origin', 'websocket'],
  'sec-fetch-dest': [undefined, 'document', 'empty', 'iframe', 'script', 'image'],
  origin: [
    undefined,
    ORIGIN,
    'null',
    'https://evil.example',
    `${ORIGIN}.evil.example`,
    'http://localhost:4001',
  ],
  'content-type': [
    undefined,
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'text/plain; application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ],
}

function everyRequest(): readonly Said[] {
  const none = { 'x-csrf': undefined, 'sec-fetch-site': undefined, 'sec-fetch-mode': undefined }
  const start: Said = { ...none, 'sec-fetch-dest': undefined, origin: undefined, 'content-type': undefined }
  return NAMES.reduce<Said[]>(
    (all, name) => all.flatMap((said) => VALUES[name].map((value) => ({ ...said, [name]: value }))),
    [start],
  )
}

const oneOf = (value: string | undefined, ...allowed: (string | undefined)[]) => allowed.includes(value)

/**
 * What another site's page can make a browser send: any form, image, frame or script without the header, and
 * nothing with it. Old browsers send no Fetch Metadata; with them only the header and the Origin tell.
 */
const fromElsewhere = (said: Said) =>
  said['x-csrf'] !== '1' ||
  oneOf(said['sec-fetch-site'], 'cross-site', 'same-site', 'none') ||
  !oneOf(said.origin, undefined, ORIGIN) ||
  oneOf(said['sec-fetch-mode'], 'navigate', 'no-cors', 'websocket') ||
  !oneOf(said['sec-fetch-dest'], undefined, 'empty')

/** What a page of ours sends by fetch, in browsers with and without Fetch Metadata. */
const fromOurPage = (said: Said) =>
  said['x-csrf'] === '1' &&
  oneOf(said.origin, undefined, ORIGIN) &&
  oneOf(said['content-type'], undefined, 'application/json', 'application/json; charset=utf-8') &&
  ((said['sec-fetch-site'] === 'same-origin' &&
    oneOf(said['sec-fetch-mode'], 'cors', 'same-origin') &&
    said['sec-fetch-dest'] === 'empty') ||
    (oneOf(said['sec-fetch-site'], undefined) &&
      oneOf(said['sec-fetch-mode'], undefined) &&
      oneOf(said['sec-fetch-dest'], undefined)))

const headersOf = (said: Said) =>
  Object.fromEntries(
    Object.entries(said).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )

/** Refused by the guard: what the route itself answers is something else. */
const isRefused = async (answer: Response) => {
  if (answer.status !== 403 && answer.status !== 415) return false
  return /^(FORBIDDEN|UNSUPPORTED_MEDIA_TYPE)$/.test((await answer.json()).code)
}

describe('the full matrix of what a request can say', () => {
  it.each([
    ['GET', '/session'],
    ['POST', '/auth/logout'],
  ])('%s %s: nothing from elsewhere is accepted, everything of our page is', async (method, path) => {
    const { app } = testApp()
    const wrong = { unsafeAccepted: 0, legitimateRefused: 0 }
    const requests = everyRequest().filter((said) => method === 'POST' || said['content-type'] === undefined)
    for (const said of requests) {
      const refused = await isRefused(await app.request(path, { method, headers: headersOf(said) }))
      if (!refused && fromElsewhere(said)) wrong.unsafeAccepted++
      if (refused && fromOurPage(said)) wrong.legitimateRefused++
    }
    expect(wrong).toEqual({ unsafeAccepted: 0, legitimateRefused: 0 })
    expect(requests.length).toBeGreaterThan(5_000)
  })

  it('a persisted GET and a POST of GraphQL need what every other request needs', async () => {
    const { app, session } = testApp()
    const cookie = await session.cookieOf('customer')
    for (const init of [
      { headers: { cookie } },
      { headers: { cookie, ...CSRF, origin: 'https://evil.example' } },
      { headers: { cookie, ...CSRF, 'sec-fetch-site': 'cross-site' } },
      { method: 'POST', body: '{}', headers: { cookie, 'content-type': 'application/json' } },
      { method: 'POST', body: 'a=b', headers: { cookie, ...CSRF, 'content-type': 'text/plain' } },
    ])
      expect(await isRefused(await app.request('/graphql?documentId=x', init))).toBe(true)
  })

  it('navigation: into a tab from anywhere, not into a frame or a script', async () => {
    const app = newApp()
    for (const said of everyRequest()) {
      if (said['x-csrf'] !== undefined || said.origin !== undefined || said['content-type'] !== undefined)
        continue
      const into =
        oneOf(said['sec-fetch-mode'], undefined, 'navigate') &&
        oneOf(said['sec-fetch-dest'], undefined, 'document')
      const refused = await isRefused(await app.request('/auth/callback', { headers: headersOf(said) }))
      expect([said, refused]).toEqual([said, !into])
    }
  })

  it('server: a form without anything that only browsers send', async () => {
    const { app } = testApp()
    for (const said of everyRequest()) {
      if (
        said['x-csrf'] !== undefined ||
        oneOf(said['sec-fetch-mode'], 'websocket', 'same-origin', 'no-cors')
      )
        continue
      const { origin, 'content-type': type, 'sec-fetch-site': site, 'sec-fetch-dest': dest } = said
      const byServer =
        origin === undefined &&
        type === 'application/x-www-form-urlencoded' &&
        site === undefined &&
        dest === undefined
      const answer = await app.request('/auth/backchannel-logout', {
        method: 'POST',
        headers: headersOf(said),
      })
      expect([said, await isRefused(answer)]).toEqual([said, !byServer])
    }
  })
})

describe('navigations and assets', () => {
  it('are the same for everybody: no session is looked for', async () => {
    const { app, session } = testApp({ page: testPage })
    const cookie = await session.cookieOf('customer')
    for (const [route, kind] of Object.entries(ROUTES)) {
      const [method = '', path = ''] = route.split(' ')
      if (!['navigation', 'asset'].includes(kind) || path.startsWith('/auth/') || path === '/graphiql')
        continue
      const asked = path === '/graphql/public' ? `${path}?documentId=${HASHES.Categories}` : path
      const [with_, without] = await Promise.all([
        app.request(asked, { method, headers: { cookie } }),
        app.request(asked, { method }),
      ])
      expect([route, with_.status, await with_.text()]).toEqual([route, 200, await without.text()])
      expect(with_.headers.getSetCookie()).toEqual([])
    }
  })
})
