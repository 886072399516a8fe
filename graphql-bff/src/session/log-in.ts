import { arrivalOf, byDeadline } from '@harbor/shared-runtime/arrival'
import type { Log } from '@harbor/shared-runtime/log'
import type { Seal } from '@harbor/shared-runtime/seal'
import type { Context } from 'hono'
import { z } from 'zod'
import type { Env, Route } from '../http/route.ts'
import { type Cookies, LOG_IN_SECONDS } from './cookie.ts'
import type { Oidc } from './oidc.ts'
import { unreachable } from './reach-identity.ts'
import { localPath } from './return-to.ts'
import { keyOf, type Sessions, tell } from './sessions.ts'

type Options = {
  sessions: Sessions
  oidc: Pick<Oidc, 'challenge' | 'redeem'>
  seal: Seal
  cookies: () => Cookies
  log: Log
}

/** A log-in started in this browser; its callback is checked against it. */
const LogIn = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  /** The previous session, which ends with this log-in. */
  replaces: z.string().optional(),
  until: z.number(),
})
type LogIn = z.infer<typeof LogIn>

/** Maximum number of concurrent log-ins (tabs) in a browser; the oldest is dropped first. */
const MAX_OPEN = 3
const CONTEXT = 'log-in'

/** Milliseconds from the arrival of a request in which the log-in succeeds or fails. */
const BUDGET_MS = 2_000

/** The two routes of a log-in: the redirect to the identity service, and its callback. */
export function logInRoutes({ sessions, oidc, seal, cookies, log }: Options): readonly Route[] {
  return [
    { path: '/auth/login', methods: ['GET'], kind: 'navigation', handle: begin },
    { path: '/auth/callback', methods: ['GET'], kind: 'navigation', handle: finish },
  ]

  async function begin(c: Context<Env>): Promise<Response> {
    try {
      const { url, challenge } = await byDeadline(oidc.challenge(), deadlineOf(c), 'identity')
      const present = cookies().session.read(c.req.header('cookie'))
      const logIn: LogIn = {
        ...challenge,
        returnTo: localPath(c.req.query('returnTo')),
        // Only here: the browser does not send a Strict cookie with the cross-site callback.
        ...(present !== undefined && { replaces: keyOf(present) }),
        // biome-ignore lint/plugin: in a cookie, which any replica reads
        until: Date.now() + LOG_IN_SECONDS * 1000,
      }
      return goTo(url.href, keepOpen([...openLogIns(c), logIn].slice(-MAX_OPEN)))
    } catch (error) {
      return failed(c, error)
    }
  }

  async function finish(c: Context<Env>): Promise<Response> {
    const open = openLogIns(c)
    const state = c.req.query('state')
    const logIn = open.find((candidate) => candidate.state === state)
    const rest = keepOpen(open.filter((candidate) => candidate !== logIn))
    if (!logIn) return failed(c, new Error('no log-in of this browser has this state'), rest)
    try {
      const grant = await byDeadline(oidc.redeem(new URL(c.req.url).search, logIn), deadlineOf(c), 'identity')
      const id = await sessions.begin(grant)
      await endBefore(c, logIn)
      log.info({ traceId: c.var.trace.traceId }, 'logged in')
      return goTo(logIn.returnTo, rest, cookies().session.set(id))
    } catch (error) {
      return failed(c, error, rest)
    }
  }

  /** Its tokens are not revoked: those of the new session may belong to the same grant. */
  async function endBefore(c: Context<Env>, { replaces }: LogIn): Promise<void> {
    const sent = cookies().session.read(c.req.header('cookie'))
    for (const key of new Set([replaces, sent && keyOf(sent)])) if (key) await sessions.end(key)
  }

  function openLogIns(c: Context<Env>): LogIn[] {
    const sealed = cookies().logIn.read(c.req.header('cookie'))
    const opened = sealed === undefined ? undefined : seal.open(sealed, CONTEXT)
    const parsed = z.array(LogIn).safeParse(JSON.parse(opened ?? '[]'))
    // biome-ignore lint/plugin: in a cookie, which any replica reads
    return (parsed.data ?? []).filter(({ until }) => until > Date.now())
  }

  function keepOpen(open: readonly LogIn[]): string {
    const { logIn } = cookies()
    return open.length === 0 ? logIn.clear() : logIn.set(seal.seal(JSON.stringify(open), CONTEXT))
  }

  /** The page shows the failure; the reason is logged only. */
  function failed(c: Context<Env>, error: unknown, ...setCookies: string[]): Response {
    tell('log-in-failed')
    const away = unreachable(error)?.retryable ?? false
    log[away ? 'warn' : 'info']({ err: error, traceId: c.var.trace.traceId }, 'log-in failed')
    return goTo(`/?log-in=${away ? 'unavailable' : 'failed'}`, ...setCookies)
  }
}

const deadlineOf = (c: Context<Env>): number => arrivalOf(c.env?.incoming) + BUDGET_MS

function goTo(address: string, ...setCookies: readonly string[]): Response {
  const headers = new Headers({ location: address, 'cache-control': 'no-store' })
  for (const line of setCookies) headers.append('set-cookie', line)
  return new Response(null, { status: 303, headers })
}
