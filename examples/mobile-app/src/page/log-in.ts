import * as z from 'zod/mini'
import type { Grant, Identity } from '../accounts.ts'
import { json } from './tab.ts'

/**
 * Log-in by code and PKCE as a public client (RFC 8252, RFC 7636): the password is given to identity, never here.
 * A native app also binds its tokens to a key that cannot leave the phone (DPoP, RFC 9449).
 */
const CLIENT_ID = 'mobile-app'
const SCOPE =
  'openid profile:read cart:read cart:write orders:read checkout notifications:read notifications:write'
const ANSWER_MS = 10_000
/** In localStorage: the last user logged out here, so identity has to ask who logs in next. */
const ASK_WHO = 'ask who logs in'

// The other way to parse would need a policy that allows eval.
z.config({ jitless: true })

const Begun = z.object({ verifier: z.string(), state: z.string(), returnTo: z.string() })
const TokenAnswer = z.object({
  access_token: z.string(),
  refresh_token: z.optional(z.string()),
  expires_in: z.number(),
  id_token: z.optional(z.string()),
})
const Claims = z.object({ sub: z.string() })

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
    // Without it identity would log the previous user in again, whose session there goes on.
    ...(localStorage.getItem(ASK_WHO) !== null && { prompt: 'login' }),
  })
  location.assign(`/auth?${query}`)
}

/** The next log-in is perhaps another user's. */
export const askWhoLogsIn = (): void => localStorage.setItem(ASK_WHO, 'yes')

/**
 * What identity has issued, if the page has just come back from there.
 * @throws when it was not begun in this tab, was refused, or identity cannot be reached
 */
export async function finishLogIn(): Promise<Grant | undefined> {
  if (location.pathname !== '/callback') return undefined
  const query = new URLSearchParams(location.search)
  const begun = Begun.safeParse(json(sessionStorage.getItem('log-in'))).data
  sessionStorage.removeItem('log-in')
  // The code is good once: it is not left in the address bar or the history.
  history.replaceState(null, '', `/${begun?.returnTo ?? ''}`)
  const code = query.get('code')
  if (!code || !begun || query.get('state') !== begun.state)
    throw new Error(`log-in: given ${query.get('error') ?? 'another state'}; allowed: the one begun here`)
  const grant = await redeem({
    grant_type: 'authorization_code',
    code,
    code_verifier: begun.verifier,
    redirect_uri: `${location.origin}/callback`,
  })
  if (!grant) throw new Error('log-in: the code was refused; allowed: a code that is used once, in time')
  localStorage.removeItem(ASK_WHO)
  return grant
}

export const identity: Identity = {
  refresh: (refreshToken) => redeem({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  revoke: async (token) => void (await post('/token/revocation', { token })),
}

/** @throws when there is no answer in time or identity fails */
async function redeem(form: Record<string, string>): Promise<Grant | undefined> {
  const answer = await post('/token', form)
  if (answer.status === 400 || answer.status === 401) return undefined
  if (!answer.ok) throw new Error(`log-in: identity answers ${answer.status}`)
  const { access_token, refresh_token, expires_in, id_token } = TokenAnswer.parse(await answer.json())
  // They come from identity itself, so a signature would say nothing more (OpenID Connect Core, 3.1.3.7).
  const subjects = [id_token, access_token].map(subjectOf).filter((subject) => subject !== undefined)
  if (new Set(subjects).size > 1) return undefined
  return {
    subject: subjects[0],
    tokens: {
      access: access_token,
      ...(refresh_token !== undefined && { refresh: refresh_token }),
      expiresAt: Date.now() + expires_in * 1000,
    },
  }
}

const post = (path: string, form: Record<string, string>): Promise<Response> =>
  fetch(path, {
    method: 'POST',
    body: new URLSearchParams({ client_id: CLIENT_ID, ...form }),
    signal: AbortSignal.timeout(ANSWER_MS),
  })

/** Undefined for a token that is no JWT: an access token need not be one. */
function subjectOf(token = ''): string | undefined {
  const [, claims = ''] = token.split('.')
  try {
    return Claims.safeParse(JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')))).data?.sub
  } catch {
    return undefined
  }
}

const randomText = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)))

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
