import { createClients } from '@harbor/shared-clients'
import { createRateLimiter } from '@harbor/shared-edge/limits/rate-limiter'
import { rateLimiting } from '@harbor/shared-edge/limits/rate-limiting'
import { createTokenVerifier, SCOPES } from '@harbor/shared-runtime/auth'
import { createIssuer } from '@harbor/shared-testing/issuer'
import { holdsStaticAnswers } from '@harbor/shared-testing/static-answers'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { ACTIONS } from '../../src/actions/index.ts'
import { Config } from '../../src/config.ts'
import { rateLimitPolicies } from '../../src/rate-limits.ts'
import { SCREENS } from '../../src/screens/index.ts'
import { appOver } from '../mobile.ts'

/** What is served beside screens and actions: the description of the API, the same for everybody. */
const REFERENCE = [
  ...['/openapi.json', '/docs', '/docs/start.js', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'],
  '/docs/favicon-32x32.png',
]

const issuer = await createIssuer('mobile-bff')
/** Upstreams that nobody is to reach. */
const nowhere = 'http://127.0.0.1:1'
const clients = createClients({
  addresses: new Proxy({} as Parameters<typeof createClients>[0]['addresses'], { get: () => nowhere }),
  clientId: 'mobile-bff',
  clientSecret: 'mobile-bff-secret',
})
afterAll(() => clients.close())
const verify = createTokenVerifier({
  issuer: issuer.issuer,
  audience: issuer.audience,
  loadKeys: async () => ({ keys: [issuer.key.jwk] }),
})
const { app } = appOver({ clients, verify })

const routes = [
  ...SCREENS.map(({ path, access }) => ({ method: 'GET', path, access })),
  ...ACTIONS.map(({ method, path, access }) => ({ method, path, access })),
]
const guarded = routes.flatMap(({ access, ...route }) => (access === 'public' ? [] : [{ ...route, access }]))
const pathOf = (path: string) => path.replace(/\{\w+\}/g, 'x')
const ask = async (method: string, path: string, claims?: object) => {
  const authorization = claims && `Bearer ${await issuer.sign(claims)}`
  const answer = await app.request(pathOf(path), {
    method,
    headers: { ...(authorization && { authorization }) },
  })
  return answer.status
}

it('every route is a screen, an action or the description of the API: another one says here who may have it', () => {
  const served = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
  const listed = [...routes, ...REFERENCE.map((path) => ({ method: 'GET', path }))].map(
    ({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
  )
  expect([...new Set(served)].toSorted()).toEqual([...new Set(listed)].toSorted())
})

holdsStaticAnswers('mobile', () => app, REFERENCE)

it('what is public is exactly this', () => {
  const open = routes
    .filter(({ access }) => access === 'public')
    .map(({ method, path }) => `${method} ${path}`)
  expect(open).toEqual([
    'GET /v1/products/{id}',
    'GET /v1/products',
    'GET /v1/search',
    'GET /v1/offline-bundle',
    'GET /v1/changes',
  ])
})

it.each(guarded)(
  '$method $path is for customers with all of its scopes, and for nobody else',
  async (route) => {
    const { method, path, access } = route
    const scope = SCOPES.join(' ')
    expect(await ask(method, path)).toBe(401)
    for (const roles of [
      [],
      ['staff'],
      ['finance'],
      ['risk'],
      ['admin'],
      ['staff', 'finance', 'risk', 'admin'],
    ])
      expect(await ask(method, path, { roles, scope })).toBe(403)
    for (const missing of access) {
      const others = SCOPES.filter((other) => other !== missing).join(' ')
      expect(await ask(method, path, { roles: ['customer'], scope: others })).toBe(403)
    }
    expect(await ask(method, path, { roles: ['customer'], scope: access.join(' ') })).not.toBeOneOf([
      401, 403,
    ])
  },
)

it('what no route names is not found, whoever asks by whatever method; nothing of the management port is here', async () => {
  const word = fc.constantFrom(
    ...['v1', 'v2', 'v3', 'home', 'products', 'orders', 'cart', 'admin', 'internal'],
  )
  const odd = fc.constantFrom(
    ...['livez', 'readyz', 'metrics', 'devices', 'clients', '__proto__', '.env', '%2e%2e'],
  )
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
  await fc.assert(
    fc.asyncProperty(method, fc.array(word, { maxLength: 3 }), odd, async (verb, path, last) => {
      fc.pre(!/^v1\/(products|orders)$/.test(path.join('/')))
      const claims = { roles: ['customer', 'admin'], scope: SCOPES.join(' ') }
      expect(await ask(verb, `/${[...path, last].join('/')}`, claims)).toBe(404)
    }),
    { numRuns: 200 },
  )
})

it('users of one app are limited together, and a user who is over the own limit takes nothing of it', async () => {
  const policies = rateLimitPolicies(Config.parse({ RATE_LIMIT_USER: '2/60', RATE_LIMIT_CLIENT: '4/60' }))
  const limiter = createRateLimiter({ name: 'test', policies, secret: 'secret' })
  const { app: limited } = appOver({ clients, verify, limits: rateLimiting(limiter, undefined) })
  const statuses: number[] = []
  for (const [sub, client_id] of [
    ...Array(4).fill(['c1', 'app']),
    ['c2', 'app'],
    ['c2', 'app'],
    ['c3', 'app'],
    ['c3', 'watch'],
  ] as [string, string][]) {
    const authorization = `Bearer ${await issuer.sign({ sub, client_id })}`
    statuses.push((await limited.request('/v1/cart', { headers: { authorization } })).status)
  }
  expect(statuses.map((status) => status === 429)).toEqual([
    false,
    false,
    true,
    true,
    false,
    false,
    true,
    false,
  ])
})
