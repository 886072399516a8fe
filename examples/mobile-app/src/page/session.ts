import * as z from 'zod/mini'

/**
 * Log-in by code and PKCE as a public client (RFC 8252, RFC 7636): the password is given to identity, never here.
 * Tokens live as long as the tab. That is fine for an example without a script from elsewhere; a native app keeps
 * them in the keychain of the phone and binds them to a key that cannot leave it (DPoP, RFC 9449).
 */
const CLIENT_ID = 'mobile-app'
const SCOPE =
  'openid profile:read cart:read cart:write orders:read checkout notifications:read notifications:write'
/** A token that ends sooner than this is not worth sending. */
const MARGIN_MS = 30_000

// The other way to parse would need a policy that allows eval.
z.config({ jitless: true })

const Tokens = z.object({ access: z.string(), refresh: z.optional(z.string()), expiresAt: z.number() })
const Begun = z.object({ verifier: z.string(), state: z.string(), returnTo: z.string() })
const TokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.optional(z.string()),
  expires_in: z.number(),
  id_token: z.optional(z.string()),
})
const IdToken = z.object({ sub: z.string() })

/** Whose data the app keeps; known without a network and after the tokens have gone. */
export const user = (): string | undefined => localStorage.getItem('user') ?? undefined

export const isLoggedIn = (): boolean => sessionStorage.getItem('tokens') !== null

/** Leaves the page for identity's; it comes back to /callback. */
export async function goToLogIn(): Promise<void> {
  const [verifier, state] = [randomText(), randomText()]
  sessionStorage.setItem('log-in', JSON.stringify({ verifier, state, returnTo: location.hash }))
  const challenge = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri: `${location.origin}/callback`,
    scope: SCOPE,
    state,
    code_challenge: base64url(new Uint8Array(challenge)),
    code_challenge_method: 'S256',
  })
  location.assign(`/auth?${query}`)
}

/** Ends a log-in if the page has come back from one. @throws when it is not the one that was begun, or was refused */
export async function finishLogIn(): Promise<void> {
  if (location.pathname !== '/callback') return
  const query = new URLSearchParams(location.search)
  const begun = Begun.safeParse(JSON.parse(sessionStorage.getItem('log-in') ?? 'null')).data
  sessionStorage.removeItem('log-in')
  // The code is good once: it is not left in the address bar or the history.
  history.replaceState(null, '', `/${begun?.returnTo ?? ''}`)
  const code = query.get('code')
  if (!code || !begun || query.get('state') !== begun.state)
    throw new Error(`log-in: given ${query.get('error') ?? 'another state'}; allowed: the one begun here`)
  await redeem({
    grant_type: 'authorization_code',
    code,
    code_verifier: begun.verifier,
    redirect_uri: `${location.origin}/callback`,
  })
}

let refreshing: Promise<string | undefined> | undefined

/** The access token of the moment; refreshed once for all who ask meanwhile, as a refresh token is good once. */
export async function accessToken(): Promise<string | undefined> {
  const tokens = stored()
  if (!tokens || tokens.expiresAt - MARGIN_MS > Date.now()) return tokens?.access
  if (tokens.refresh === undefined) return undefined
  refreshing ??= redeem({ grant_type: 'refresh_token', refresh_token: tokens.refresh })
    // Without a network the old one harms nobody: its request will not arrive either.
    .catch(() => tokens.access)
    .finally(() => (refreshing = undefined))
  return refreshing
}

/** Forgets the tokens here and at identity; its own session stays, as it may be that of other apps. */
export async function logOut(): Promise<void> {
  const refresh = stored()?.refresh
  sessionStorage.removeItem('tokens')
  localStorage.removeItem('user')
  if (refresh === undefined) return
  const body = new URLSearchParams({ client_id: CLIENT_ID, token: refresh })
  await fetch('/token/revocation', { method: 'POST', body }).catch(() => {})
}

/** @throws without a network */
async function redeem(grant: Record<string, string>): Promise<string | undefined> {
  const body = new URLSearchParams({ client_id: CLIENT_ID, ...grant })
  const answer = await fetch('/token', { method: 'POST', body })
  if (answer.status >= 500) throw new Error(`log-in: identity answers ${answer.status}`)
  if (!answer.ok) {
    sessionStorage.removeItem('tokens')
    return undefined
  }
  const { access_token, refresh_token, expires_in, id_token } = TokenAnswer.parse(await answer.json())
  const tokens: z.infer<typeof Tokens> = {
    access: access_token,
    ...(refresh_token !== undefined && { refresh: refresh_token }),
    expiresAt: Date.now() + expires_in * 1000,
  }
  sessionStorage.setItem('tokens', JSON.stringify(tokens))
  // It comes from identity itself, so its signature says nothing more (OpenID Connect Core, 3.1.3.7).
  if (id_token) localStorage.setItem('user', subjectOf(id_token))
  return tokens.access
}

const stored = () => Tokens.safeParse(JSON.parse(sessionStorage.getItem('tokens') ?? 'null')).data

const subjectOf = (idToken: string): string => {
  const [, claims = ''] = idToken.split('.')
  return IdToken.parse(JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')))).sub
}

const randomText = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)))

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
