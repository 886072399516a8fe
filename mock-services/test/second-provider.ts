import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { interactionPolicy } from 'oidc-provider'

const PATH = '/realms/shop'
const RESOURCE = 'urn:shop:api'

export const SECOND_PROVIDER = {
  clientId: 'shop-web',
  clientSecret: 'a secret with spaces & signs',
  audience: 'shop-api',
  /** Of access tokens. */
  seconds: 2,
  user: { id: '7b0f1c52-98a7-4a0f-9f39-6f4f7f0b8f11', name: 'Grace', roles: ['staff', 'offline_access'] },
}

/**
 * An identity provider that is set up unlike the one of the mock services: an issuer with a path, RS256, access tokens
 * without the type of RFC 9068, roles in `realm_access`, the client in `azp`, no token exchange. Its only user is
 * logged in already, so a log-in is a chain of redirects.
 */
export async function startSecondProvider(bffUrl: string) {
  const { clientId, clientSecret, audience, seconds, user } = SECOND_PROVIDER
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`
  const signingKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })

  const policy = interactionPolicy.base()
  policy.remove('consent')

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        application_type: 'native',
        redirect_uris: [`${bffUrl}/auth/callback`],
        post_logout_redirect_uris: [`${bffUrl}/`],
        backchannel_logout_uri: `${bffUrl}/auth/backchannel-logout`,
        backchannel_logout_session_required: true,
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    jwks: { keys: [{ ...signingKey, kid: 'rsa-1', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['test-only'] },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    ttl: {
      AccessToken: seconds,
      Session: 3_600,
      Grant: 3_600,
      RefreshToken: 3_600,
      IdToken: 3_600,
      Interaction: 60,
    },
    claims: { openid: ['sub'], profile: ['name'] },
    // The library's own dispatcher refuses loopback addresses.
    fetch: (url, options) => {
      const { dispatcher: _, ...init }: RequestInit & { dispatcher?: unknown } = options ?? {}
      return globalThis.fetch(url, init)
    },
    interactions: { policy, url: (_ctx, { uid }) => `${PATH}/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => void (ctx.body = form) },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          audience,
          scope: 'orders:read',
          accessTokenFormat: 'jwt',
          accessTokenTTL: seconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    formats: {
      customizers: {
        jwt(_ctx, _token, token) {
          const { payload } = token
          token.header = { ...token.header, typ: 'JWT' }
          payload.azp = payload.client_id
          delete payload.client_id
          payload.realm_access = { roles: user.roles }
        },
      },
    },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: user.name }) }),
    loadExistingGrant: async ({ oidc: { client, session } }) => {
      const grant = new provider.Grant({
        accountId: session?.accountId ?? '',
        clientId: client?.clientId ?? '',
      })
      grant.addOIDCScope('openid profile offline_access')
      grant.addResourceScope(RESOURCE, 'orders:read')
      await grant.save()
      return grant
    },
  })

  const answer = provider.callback()
  server.on('request', (request, response) => {
    const url = request.url ?? ''
    if (url.startsWith(`${PATH}/interaction/`))
      return void provider.interactionFinished(request, response, { login: { accountId: user.id } })
    if (!url.startsWith(`${PATH}/`)) return void response.writeHead(404).end()
    Object.assign(request, { originalUrl: url, url: url.slice(PATH.length) })
    answer(request, response)
  })
  return {
    issuer,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
