import { ROLES, type TokenVerifier } from '@harbor/shared-runtime/auth'
import { createLog } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { z } from 'zod'
import { createApp, type Dependencies } from '../app.ts'
import { hashesByName, loadOperations } from '../operations.ts'
import { schema } from '../schema/index.ts'
import { fakeUpstreams } from './fake-upstreams.ts'

/** A token names its roles: `customer`, `staff+finance`; anything else is not valid. */
const verify: TokenVerifier = async (token) => {
  const roles = token.split('+')
  if (!roles.every((role) => ROLES.some((known) => known === role))) throw new ProblemError('UNAUTHENTICATED')
  return {
    id: 'c1001',
    roles: new Set(ROLES.filter((role) => roles.includes(role))),
    scopes: new Set(),
    token,
  }
}

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

export const HASHES = hashesByName(loadOperations(schema))

type Sent = { token?: string; variables?: object }

/** The app over fake upstreams; every answer is held against the shape that all answers have. */
export function testApp({
  upstreams = fakeUpstreams(),
  ...dependencies
}: Partial<Dependencies> & { upstreams?: ReturnType<typeof fakeUpstreams> } = {}) {
  const app = createApp({
    clients: upstreams.clients,
    verify,
    log: createLog('test', 'silent'),
    ...dependencies,
  })

  /** Sends any request to /graphql. */
  async function send(init: RequestInit & { search?: string; duplex?: 'half' } = {}) {
    const response = await app.request(`/graphql${init.search ?? ''}`, init)
    const text = await response.text()
    return { response, status: response.status, text, ...Answer.parse(JSON.parse(text)) }
  }

  const post = (body: unknown, token?: string) =>
    send({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  return {
    app,
    calls: upstreams.calls,
    contexts: upstreams.contexts,
    send,
    post,
    /** Calls a persisted operation by name. */
    operation: (name: string, { token, variables }: Sent = {}) =>
      post({ documentId: `sha256:${HASHES[name]}`, variables }, token),
    /** Sends a document; for an app that allows it. */
    query: (query: string, { token, variables }: Sent = {}) => post({ query, variables }, token),
  }
}
