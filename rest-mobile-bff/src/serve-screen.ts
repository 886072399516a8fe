import type { ClientSet } from '@harbor/shared-clients'
import type { TokenVerifier } from '@harbor/shared-runtime/auth'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { negotiateLocale } from '@harbor/shared-runtime/locale'
import type { Log } from '@harbor/shared-runtime/log'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import type { Context, Handler } from 'hono'
import { authorise } from './authorise.ts'
import { cacheControl, vary } from './cache-policy.ts'
import { etagOf, matches } from './etag.ts'
import { createFormat } from './format/index.ts'
import type { RequestEnv } from './request.ts'
import type { Screen, ScreenAnswer } from './screen.ts'

type Dependencies = { clients: ClientSet; verify: TokenVerifier; log: Log }

/** The way of a request for a screen: who asks → answer within the budget → headers → 200 or 304. */
export const serveScreen =
  (screen: Screen, { clients, verify, log }: Dependencies): Handler<RequestEnv> =>
  async (c) => {
    const viewer = screen.access === 'public' ? undefined : await authorise(c, screen.access, verify)
    const context = createRequestContext({
      budgetMs: screen.budgetMs,
      trace: c.var.trace,
      viewer,
      consumer: c.req.raw.signal,
    })
    try {
      const answer = await screen.answer({
        clients: clients.forRequest(context),
        context,
        params: c.req.param(),
        query: c.req.query(),
        format: createFormat(negotiateLocale(c.req.header('accept-language'))),
      })
      logFailures(log, screen, c.var.trace.traceId, answer)
      return respond(c, screen, answer)
    } finally {
      context.end()
    }
  }

function respond(c: Context, screen: Screen, { body, degraded }: ScreenAnswer): Response {
  const etag = etagOf(body)
  const headers: Record<string, string> = {
    'Cache-Control': cacheControl(screen.cache, degraded.length > 0),
    ETag: etag,
    'Schema-Version': String(screen.version),
    Vary: vary(screen.cache),
    ...(degraded.length > 0 && { 'X-Degraded': degraded.join(', ') }),
  }
  if (matches(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
  return c.body(body, 200, { ...headers, 'Content-Type': 'application/json' })
}

function logFailures(log: Log, screen: Screen, traceId: string, { failures }: ScreenAnswer): void {
  for (const [source, error] of failures)
    log.warn(
      {
        screen: screen.name,
        source,
        code: error instanceof UpstreamError ? error.code : 'unexpected',
        reason: error instanceof Error ? error.message : String(error),
        traceId,
      },
      'degraded',
    )
}
