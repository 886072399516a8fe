import { createClients } from '@harbor/shared-clients'
import { createTokenVerifier, SCOPES } from '@harbor/shared-runtime/auth'
import { createLog } from '@harbor/shared-runtime/log'
import { createIssuer } from '@harbor/shared-testing/issuer'
import { afterAll, expect, it } from 'vitest'
import { appOver, useMobile } from '../mobile.ts'

const mobile = useMobile()
const _log = createLog('test', 'silent')
const issuer = await createIssuer('mobile-bff')
const clientSets: ReturnType<typeof createClients>[] = []
afterAll(() => Promise.all(clientSets.map((clients) => clients.close())))

/** The mobile BFF over the real services, with a secret of its own and the keys of another issuer, if wanted. */
function app({ clientSecret = 'mobile-bff-secret', ownIssuer = false }) {
  const clients = createClients({ addresses: mobile.mocks.services, clientId: 'mobile-bff', clientSecret })
  clientSets.push(clients)
  const verify = createTokenVerifier({
    issuer: ownIssuer ? issuer.issuer : mobile.mocks.services.identity,
    audience: 'mobile-bff',
    loadKeys: ownIssuer ? async () => ({ keys: [issuer.key.jwk] }) : clients.identityKeys,
  })
  return appOver({ clients, verify }).app
}

const home = async (asked: ReturnType<typeof app>, token: string) => {
  const answer = await asked.request('/v1/home', { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

it('a user whom identity refuses, with a token that is good by itself, has to log in again', async () => {
  const token = await issuer.sign({ scope: SCOPES.join(' ') })
  const { status, headers, body } = await home(app({ ownIssuer: true }), token)
  expect([status, body.code, body.retryable]).toEqual([401, 'UNAUTHENTICATED', false])
  expect(body).not.toHaveProperty('detail')
  expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token", DPoP algs="ES256"')
  expect(mobile.calls()).toEqual({})
})

it('a BFF whom identity refuses is our fault, and no reason to log in again', async () => {
  const asked = app({ clientSecret: 'not-the-secret' })
  const { status, body } = await home(asked, mobile.demo.mobileAccessToken)
  expect([status, body.code]).toEqual([500, 'INTERNAL'])
  expect(mobile.calls()).toEqual({})
})
