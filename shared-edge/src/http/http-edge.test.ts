import { UpstreamError } from '@harbor/shared-runtime/errors'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { Hono } from 'hono'
import { describe, expect, it, vi } from 'vitest'
import { httpEdge } from './http-edge.ts'
import type { EdgeEnv } from './tracing.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const TRACED = { traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` }

/** An app whose only route throws the given value, and its log lines. */
function appThat(thrown?: unknown) {
  const lines: Record<string, unknown>[] = []
  const at = (level: string) =>
    vi.fn((fields: object, message?: string) => void lines.push({ level, message, ...fields }))
  const log = { info: at('info'), warn: at('warn'), error: at('error') }
  const app = new Hono<EdgeEnv>()
  httpEdge(app, { log, challenge: () => 'Bearer realm="test"' })
  app.get('/things/:id', (c) => {
    if (thrown !== undefined) throw thrown
    return c.json({})
  })
  return { app, lines }
}

describe('the edge of an app over HTTP', () => {
  it('continues the trace, names it, and logs one line without the URL', async () => {
    const { app, lines } = appThat()
    const { headers } = await app.request('/things/17?q=secret', { headers: TRACED })
    expect(headers.get('x-trace-id')).toBe(TRACE_ID)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'info',
        message: 'request',
        route: '/things/:id',
        status: 200,
        traceId: TRACE_ID,
      }),
    ])
  })

  it.each([
    ['an upstream failure', new UpstreamError('catalog', 'unavailable', 'down'), 503, 'warn'],
    ['an unexpected error', new Error('a bug'), 500, 'error'],
    ['something thrown that is no Error', 'a string', 500, 'error'],
    ['a refusal', new ProblemError('NOT_FOUND'), 404, undefined],
  ])('answers and logs %s by one rule', async (_, thrown, status, level) => {
    const { app, lines } = appThat(thrown)
    const answer = await app.request('/things/17', { headers: TRACED })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ traceId: TRACE_ID })
    expect(lines.filter(({ message }) => message === 'request failed').map((line) => line.level)).toEqual(
      level === undefined ? [] : [level],
    )
    expect(lines.at(-1)).toMatchObject({ message: 'request', status })
  })

  it('gives a 401 the default challenge, unless the problem has its own', async () => {
    const bare = await appThat(new ProblemError('UNAUTHENTICATED')).app.request('/things/17')
    expect(bare.headers.get('www-authenticate')).toBe('Bearer realm="test"')
    const named = new ProblemError('UNAUTHENTICATED', undefined, { challenge: 'DPoP' })
    const other = await appThat(named).app.request('/things/17')
    expect(other.headers.get('www-authenticate')).toBe('DPoP')
  })

  it('refuses a URL that is too long before the route', async () => {
    const { app } = appThat(new Error('the route ran'))
    expect((await app.request(`/things/17?${'q'.repeat(20_000)}`)).status).toBe(414)
  })
})
