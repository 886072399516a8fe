import Provider, { errors, interactionPolicy } from 'oidc-provider'
import type { Tokens } from '../auth.ts'
import { DEVELOPMENT_ONLY_SIGNING_KEY } from '../seed/development-key.ts'
import { AUDIENCE_OF, clients, SCOPES } from './clients.ts'
import { registerInternalGrants } from './grants.ts'
import { pagePolicy } from './page-files.ts'
import { logoutPage, messagePage } from './pages.ts'
import { createStore } from './store.ts'
import { userById } from './users.ts'

const HOUR_S = 3600
const FORTNIGHT_S = 14 * 24 * HOUR_S
/** Resource indicators (RFC 8707) have to be URIs; the audience of the token is the plain name. */
const RESOURCE = 'urn:harbor:'

/** The OpenID provider: log-in with code and PKCE for consumers, internal tokens for BFFs. */
export function createProvider({
  issuer,
  webBffUrl,
  bffClients,
  accessTokenSeconds,
  tokens,
}: {
  issuer: string
  webBffUrl: string
  bffClients: readonly string[]
  accessTokenSeconds: number
  tokens: Tokens
}): Provider {
  const policy = interactionPolicy.base()
  // The shop's own app needs no consent page at each log-in.
  policy.get('consent')?.checks.remove('native_client_prompt')

  const provider = new Provider(issuer, {
    adapter: createStore(),
    clients: clients(webBffUrl, bffClients),
    jwks: { keys: [{ ...DEVELOPMENT_ONLY_SIGNING_KEY }] },
    cookies: { keys: ['development-only-cookie-key'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    claims: {
      openid: ['sub'],
      profile: ['name', 'locale', 'roles'],
      email: ['email', 'email_verified'],
    },
    scopes: ['openid', 'offline_access', 'profile', 'email', ...SCOPES],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      Grant: FORTNIGHT_S,
      IdToken: HOUR_S,
      Interaction: HOUR_S,
      RefreshToken: FORTNIGHT_S,
      Session: FORTNIGHT_S,
    },
    // The library's own dispatcher refuses loopback addresses, where the BFFs of a demo are.
    fetch: (url, options) => globalThis.fetch(url, withoutDispatcher(options)),
    interactions: { policy, url: (_ctx, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      // RFC 9449: the app may bind its tokens to a key of the phone.
      dPoP: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.set('content-security-policy', pagePolicy(ctx.oidc.params?.post_logout_redirect_uri))
          ctx.body = logoutPage(form)
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.set('content-security-policy', pagePolicy(undefined))
          ctx.body = messagePage('You are logged out.')
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, client) => `${RESOURCE}${AUDIENCE_OF.get(client?.clientId ?? '') ?? ''}`,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource, client) => {
          const audience = AUDIENCE_OF.get(client.clientId)
          if (resource !== `${RESOURCE}${audience}`) throw new errors.InvalidTarget()
          return {
            audience: audience ?? '',
            scope: SCOPES.join(' '),
            accessTokenFormat: 'jwt',
            accessTokenTTL: accessTokenSeconds,
            jwt: { sign: { alg: 'ES256' } },
          }
        },
      },
    },
    extraTokenClaims: (_ctx, token) =>
      'accountId' in token ? { roles: userById(String(token.accountId))?.roles ?? [] } : undefined,
    findAccount: (_ctx, id) => {
      const user = userById(id)
      if (!user) return undefined
      const { name, locale, roles, email } = user
      return {
        accountId: id,
        claims: () => ({ sub: id, name, locale, roles: [...roles], email, email_verified: true }),
      }
    },
    // First-party clients are trusted: a grant is made at log-in. `prompt=consent` shows the page all the same.
    loadExistingGrant: async (ctx) => {
      const { client, session, result, params } = ctx.oidc
      if (!client || !session?.accountId) return undefined
      const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
      const grant = grantId ? await provider.Grant.find(grantId) : undefined
      if (grant) return grant
      const fresh = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
      fresh.addOIDCScope(String(params?.scope ?? 'openid'))
      fresh.addResourceScope(`${RESOURCE}${AUDIENCE_OF.get(client.clientId)}`, SCOPES.join(' '))
      await fresh.save()
      return fresh
    },
    renderError: (ctx, { error, error_description }) => {
      ctx.set('content-security-policy', pagePolicy(undefined))
      ctx.body = messagePage(`${error}: ${error_description ?? 'the request cannot be answered'}`)
    },
  })
  registerInternalGrants(provider, tokens)
  return provider
}

function withoutDispatcher(options: RequestInit & { dispatcher?: unknown } = {}): RequestInit {
  const { dispatcher: _, ...rest } = options
  return rest
}
