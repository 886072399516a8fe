import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { addressesOf, createClients, SERVICES, upstreamSettings } from '@harbor/shared-clients'
import { createTokenVerifier, SCOPES } from '@harbor/shared-runtime/auth'
import { parseConfig } from '@harbor/shared-runtime/config'
import { createIssuer } from '@harbor/shared-testing/issuer'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { SCREENS } from '../../src/screens/index.ts'
import { appOver } from '../mobile.ts'

const issuer = await createIssuer('mobile-bff')

/** All upstreams in one: none answers, and whatever reaches it is counted. */
let reached = 0
const upstream = createServer((_, response) => {
  reached++
  response.writeHead(503).end()
})
upstream.on('connection', () => reached++)
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
const address = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
const settings = Object.fromEntries(SERVICES.map((service) => [`${service.toUpperCase()}_URL`, address]))
const clients = createClients({
  addresses: addressesOf(parseConfig(z.object(upstreamSettings), settings)),
  clientId: 'mobile-bff',
  clientSecret: 'mobile-bff-secret',
})
beforeEach(() => {
  reached = 0
})
afterAll(async () => {
  await clients.close()
  upstream.close()
})
const verify = createTokenVerifier({
  issuer: issuer.issuer,
  audience: issuer.audience,
  loadKeys: async () => ({ keys: [issuer.key.jwk, issuer.otherAlgorithm.jwk] }),
})
const { app } = appOver({ clients, verify })

/** A screen's path with something in the place of each parameter: who may see it is decided before that is read. */
const pathOf = (path: string) => path.replace(/\{\w+\}/g, 'x')
const guarded = SCREENS.flatMap(({ name, path, access }) =>
  access === 'public' ? [] : [{ name, path: pathOf(path), access }],
)

const ask = async (path: string, authorization: string | undefined) => {
  const answer = await app.request(path, authorization === undefined ? {} : { headers: { authorization } })
  const traceId = answer.headers.get('x-trace-id') ?? ''
  return {
    status: answer.status,
    challenge: answer.headers.get('www-authenticate'),
    body: (await answer.text()).replaceAll(traceId, '<trace>'),
  }
}

const UNAUTHENTICATED = JSON.stringify({
  type: 'urn:harbor:problem:UNAUTHENTICATED',
  title: 'A valid credential is needed',
  status: 401,
  code: 'UNAUTHENTICATED',
  retryable: false,
  traceId: '<trace>',
})
const BAD_TOKEN = 'Bearer error="invalid_token", DPoP algs="ES256"'
const NO_TOKEN = 'Bearer, DPoP algs="ES256"'

describe('a token that is not valid has the same answer, to the byte, on every screen', () => {
  it.each(Object.keys(issuer.invalid))('%s', async (name) => {
    const token = await issuer.invalid[name]?.()
    for (const { path } of guarded) {
      const { challenge, ...answer } = await ask(path, `Bearer ${token}`)
      expect(answer).toEqual({ status: 401, body: UNAUTHENTICATED })
      expect([BAD_TOKEN, NO_TOKEN]).toContain(challenge)
    }
    expect(reached).toBe(0)
  })

  it.each([undefined, '', 'Bearer', 'Bearer a b', 'Basic YTpi', 'Token x', 'DPoP', 'bearer\tx'])(
    'the credential %j',
    async (authorization) => {
      for (const { path } of guarded)
        expect(await ask(path, authorization)).toEqual({
          status: 401,
          challenge: NO_TOKEN,
          body: UNAUTHENTICATED,
        })
    },
  )

  it('property: whatever a header may hold', async () => {
    const word = fc.string({ unit: fc.constantFrom(...'aZ09.-_~+/=, "\t{}é') })
    const [{ path } = { path: '' }] = guarded
    const header = fc.oneof(
      word,
      word.map((text) => `Bearer ${text}`),
      word.map((text) => `DPoP ${text}`),
    )
    await fc.assert(
      fc.asyncProperty(header, async (authorization) => {
        expect(await ask(path, authorization)).toMatchObject({ status: 401, body: UNAUTHENTICATED })
      }),
    )
  })
})

describe('a screen is for tokens with all of its scopes', () => {
  const missing = guarded.flatMap(({ access, ...screen }) =>
    access.map((scope) => ({ ...screen, scope, access })),
  )

  it.each(missing)(
    '$name without $scope is forbidden, before any upstream is asked',
    async ({ path, scope, access }) => {
      const scopes = SCOPES.filter((other) => other !== scope)
      const { status, challenge, body } = await ask(
        path,
        `Bearer ${await issuer.sign({ scope: scopes.join(' ') })}`,
      )
      expect([status, JSON.parse(body).code]).toEqual([403, 'FORBIDDEN'])
      expect(reached).toBe(0)
      expect(challenge).toBe(
        `Bearer error="insufficient_scope", scope="${access.join(' ')}", DPoP algs="ES256"`,
      )
    },
  )

  it.each(guarded)('$name without any scope, and for staff, is forbidden', async ({ path }) => {
    for (const claims of [{ scope: '' }, { scope: SCOPES.join(' '), roles: ['staff', 'admin'] }]) {
      const { status, body } = await ask(path, `Bearer ${await issuer.sign(claims)}`)
      expect([status, JSON.parse(body).code]).toEqual([403, 'FORBIDDEN'])
    }
    expect(reached).toBe(0)
  })

  it.each(guarded)(
    '$name with exactly its scopes is let through to its upstreams',
    async ({ path, access }) => {
      const { status } = await ask(path, `Bearer ${await issuer.sign({ scope: access.join(' ') })}`)
      expect([401, 403]).not.toContain(status)
    },
  )

  it('a screen that is public does not look at a token', async () => {
    const open = SCREENS.filter(({ access }) => access === 'public')
    expect(open.length).toBeGreaterThan(0)
    for (const { path } of open) {
      const { status } = await ask(pathOf(path), 'Bearer nonsense')
      expect([401, 403]).not.toContain(status)
    }
  })
})
