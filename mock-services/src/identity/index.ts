import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Tokens } from '../auth.ts'
import type { Route } from '../routes.ts'
import { PAGE_FILES, type PageFile, pagePolicy } from './page-files.ts'
import { consentPage, loginPage, messagePage } from './pages.ts'
import { createProvider } from './provider.ts'
import { userByLogin } from './users.ts'

/** What identity is counted by. */
export const IDENTITY_PATTERNS: Pick<Route, 'method' | 'path'>[] = [
  { method: 'GET', path: '/.well-known/openid-configuration' },
  { method: 'GET', path: '/jwks' },
  { method: 'GET', path: '/auth' },
  { method: 'GET', path: '/auth/{uid}' },
  { method: 'GET', path: '/interaction/{uid}' },
  { method: 'POST', path: '/interaction/{uid}' },
  { method: 'POST', path: '/token' },
  { method: 'POST', path: '/token/revocation' },
  { method: 'GET', path: '/me' },
  { method: 'GET', path: '/session/end' },
  { method: 'POST', path: '/session/end' },
  { method: 'POST', path: '/session/end/confirm' },
  { method: 'GET', path: '/pages.css' },
  { method: 'GET', path: '/favicon.svg' },
  { method: 'GET', path: '/favicon.ico' },
]

/** The identity service: the OpenID provider, and the log-in form that it sends people to. */
export function identityListener(options: {
  issuer: string
  webBffUrl: string
  bffClients: readonly string[]
  accessTokenSeconds: number
  tokens: Tokens
}): RequestListener {
  const provider = createProvider(options)
  const callback = provider.callback()

  async function interaction(req: IncomingMessage, res: ServerResponse, uid: string): Promise<void> {
    const details = await provider.interactionDetails(req, res)
    const { prompt, params, session, grantId } = details
    const show = (status: number, body: string) => html(res, status, body, params.redirect_uri)
    if (prompt.name === 'login') {
      if (req.method !== 'POST') return show(200, loginPage(uid))
      const form = new URLSearchParams(await text(req))
      const user = userByLogin(form.get('username') ?? '', form.get('password') ?? '')
      if (!user) return show(401, loginPage(uid, 'E-mail or password is wrong.'))
      return provider.interactionFinished(
        req,
        res,
        { login: { accountId: user.id } },
        { mergeWithLastSubmission: false },
      )
    }
    const clientId = String(params.client_id)
    const scopes = String(params.scope ?? '').split(' ')
    if (req.method !== 'POST') return show(200, consentPage(uid, clientId, scopes))
    const grant =
      (grantId && (await provider.Grant.find(grantId))) ||
      new provider.Grant({ accountId: session?.accountId ?? '', clientId })
    grant.addOIDCScope(scopes.join(' '))
    const missing = prompt.details.missingResourceScopes
    if (missing && typeof missing === 'object')
      for (const [resource, names] of Object.entries(missing))
        grant.addResourceScope(resource, names.join(' '))
    await provider.interactionFinished(
      req,
      res,
      { consent: { grantId: await grant.save() } },
      { mergeWithLastSubmission: true },
    )
  }

  return (req, res) => {
    const file = PAGE_FILES.get(req.url ?? '')
    if (file && req.method === 'GET') return sendFile(res, file)
    const uid = /^\/interaction\/([\w-]+)$/.exec(req.url ?? '')?.[1]
    if (!uid) return void callback(req, res)
    interaction(req, res, uid).catch(() =>
      html(res, 400, messagePage('This log-in has expired. Please start again.')),
    )
  }
}

function html(res: ServerResponse, status: number, body: string, goesTo?: unknown): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': pagePolicy(goesTo),
  })
  res.end(body)
}

function sendFile(res: ServerResponse, { type, content }: PageFile): void {
  res.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=3600' })
  res.end(content)
}
