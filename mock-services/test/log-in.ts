import { createHash, randomBytes } from 'node:crypto'
import { type Browser, submitForm } from '@harbor/shared-testing/browser'
import { PASSWORD } from '../src/seed/people.ts'

const verifier = randomBytes(32).toString('base64url')
const withPkce = {
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
}

/** The authorisation requests of the clients at which people log in. */
export const WEB = {
  client_id: 'web-bff',
  redirect_uri: 'http://127.0.0.1:39871/auth/callback',
  ...withPkce,
}
export const APP = { client_id: 'mobile-app', redirect_uri: 'example.harbor.app:/callback', ...withPkce }

export const authUrl = (request: Record<string, string>) =>
  `/auth?${new URLSearchParams({ response_type: 'code', scope: 'openid profile email orders:read', state: 'st', ...request })}`

/** Logs in by the form of the identity service; the code that the client gets. */
export async function codeFor(
  browser: Browser,
  identity: string,
  request: Record<string, string> & { redirect_uri: string },
  username: string,
): Promise<string> {
  const form = await browser.go(`${identity}${authUrl(request)}`)
  const { url } = await submitForm(browser, form, { username, password: PASSWORD }, request.redirect_uri)
  const code = new URL(url).searchParams.get('code')
  if (!code || !url.startsWith(request.redirect_uri)) throw new Error(url)
  return code
}

/** What a client sends to the token endpoint for a code. */
export const redeeming = (code: string, { redirect_uri }: { redirect_uri: string }) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri,
  code_verifier: verifier,
})
