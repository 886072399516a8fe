import { createLog } from '@harbor/shared-runtime/log'
import { expect } from 'vitest'
import { z } from 'zod'
import { createApp, type Dependencies } from '../src/app.ts'
import type { CallsAbove } from '../src/fan-out/calls-above.ts'
import { createUsage } from '../src/persisted/usage.ts'
import { fakeUpstreams } from './fake-upstreams.ts'
import { OPERATIONS } from './operations.ts'
import { testSession } from './test-session.ts'
import { testWrites } from './test-writes.ts'

const Answer = z.object({
  data: z.record(z.string(), z.json()).nullish(),
  errors: z
    .array(
      z.strictObject({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.strictObject({ code: z.string(), traceId: z.string(), retryable: z.boolean() }),
      }),
    )
    .optional(),
  extensions: z.strictObject({ degraded: z.array(z.string()) }).optional(),
})

export const HASHES = OPERATIONS.newest

/** `as`: the roles of who is logged in, as `staff+finance`; nobody when not given. */
type Sent = { as?: string; variables?: object }

/** What every request of a page of ours carries. */
export const CSRF = { 'x-csrf': '1' }

/**
 * The app over fake upstreams; every answer is held against the shape that all answers have, and its upstream calls
 * against the static fan-out.
 */
export function testApp({
  upstreams = fakeUpstreams(),
  ...dependencies
}: Partial<Dependencies> & { upstreams?: ReturnType<typeof fakeUpstreams> } = {}) {
  const session = testSession()
  const operations = dependencies.operations ?? OPERATIONS
  const above: CallsAbove[] = []
  const usage = createUsage(operations)
  const app = createApp({
    clients: upstreams.clients,
    writes: testWrites(upstreams.clients),
    session: session.boundary,
    operations,
    usage: {
      ...usage,
      called(operation, calls, more) {
        above.push(...more)
        usage.called(operation, calls, more)
      },
    },
    log: createLog('test', 'silent'),
    ...dependencies,
  })

  /** Sends any request to /graphql. */
  async function send(init: RequestInit & { search?: string; duplex?: 'half' } = {}) {
    const response = await app.request(`/graphql${init.search ?? ''}`, {
      ...init,
      headers: { ...CSRF, ...Object.fromEntries(new Headers(init.headers)) },
    })
    const text = await response.text()
    expect(above, 'calls above the static fan-out').toEqual([])
    return { response, status: response.status, text, ...Answer.parse(JSON.parse(text)) }
  }

  const post = async (body: unknown, as?: string) =>
    send({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(as && { cookie: await session.cookieOf(as) }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  return {
    app,
    session,
    calls: upstreams.calls,
    contexts: upstreams.contexts,
    send,
    post,
    /** Calls a persisted operation by name. */
    operation: (name: string, { as, variables }: Sent = {}) =>
      post({ documentId: `sha256:${HASHES[name]}`, variables }, as),
    /** Sends a document; for an app that allows it. */
    query: (query: string, { as, variables }: Sent = {}) => post({ query, variables }, as),
  }
}
