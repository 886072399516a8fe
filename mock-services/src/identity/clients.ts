import type { ClientMetadata } from 'oidc-provider'

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** What a consumer's access token may be asked for, beside `openid profile email offline_access`. */
export const SCOPES = [
  'catalog:read',
  'profile:read',
  'cart:read',
  'cart:write',
  'orders:read',
  'checkout',
  'notifications:read',
  'notifications:write',
] as const

/** The BFF at which the access tokens of a client are good. */
export const AUDIENCE_OF = new Map<string, string>([
  ['web-bff', 'web-bff'],
  ['mobile-app', 'mobile-bff'],
])

const LOOPBACKS = ['http://127.0.0.1', 'http://localhost']

const bff = (id: string, more: Partial<ClientMetadata> = {}): ClientMetadata => ({
  client_id: id,
  client_secret: `${id}-secret`,
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['client_credentials', TOKEN_EXCHANGE],
  response_types: [],
  redirect_uris: [],
  ...more,
})

export const DEFAULT_BFF_CLIENTS = ['mobile-bff', 'iot-bff'] as const

/**
 * The clients of the seed.
 * @param webBffUrl where users find the web BFF
 * @param bffClients ids of the other BFFs, at which nobody logs in
 */
export const clients = (webBffUrl: string, bffClients: readonly string[]): ClientMetadata[] => {
  const { origin, protocol } = new URL(webBffUrl)
  // By plain http no redirect leaves the machine; the back channel may.
  const origins = [...new Set([...(protocol === 'https:' ? [origin] : []), ...LOOPBACKS])]
  return [
    bff('web-bff', {
      // "native" lets a loopback redirect have any port (RFC 8252), as processes of a test have.
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', TOKEN_EXCHANGE],
      response_types: ['code'],
      redirect_uris: origins.map((origin) => `${origin}/auth/callback`),
      post_logout_redirect_uris: origins.map((origin) => `${origin}/`),
      backchannel_logout_uri: new URL('/auth/backchannel-logout', webBffUrl).href,
      backchannel_logout_session_required: true,
    }),
    ...bffClients.map((id) => bff(id)),
    {
      client_id: 'mobile-app',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: ['example.harbor.app:/callback', ...LOOPBACKS.map((origin) => `${origin}/callback`)],
      post_logout_redirect_uris: ['example.harbor.app:/signed-out'],
    },
  ]
}
