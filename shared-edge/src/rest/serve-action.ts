import { arrivalOf, byDeadline, requireTime } from '@harbor/shared-runtime/arrival'
import type { TokenVerifier } from '@harbor/shared-runtime/auth'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError, problemBody } from '@harbor/shared-runtime/problems'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import {
  finalRefusal,
  type Idempotency,
  type KeptAnswer,
  leaseOf,
} from '@harbor/shared-runtime/writes/idempotency'
import type { Context, Handler } from 'hono'
import type { z } from 'zod'
import { revisionTag } from '../caching/preconditions.ts'
import { authorise } from '../http/authorise.ts'
import { IdempotencyKey } from '../http/idempotency-key.ts'
import { validated } from '../http/validated.ts'
import { readJsonBody } from '../limits/read-body.ts'
import { negotiateLocale } from '../negotiation/locale.ts'
import type { Action, Done, Method } from './action.ts'
import type { RestEnv } from './app-version.ts'
import type { ClientSet, CreateFormat, Kit } from './kit.ts'
import { writePrecondition } from './write-precondition.ts'

/** Tools of actions beside the clients. */
export type Writes<K extends Kit> = K['tools'] & { readonly idempotency: Idempotency }

export type ActionDependencies<K extends Kit> = {
  clients: ClientSet<K>
  createFormat: CreateFormat<K>
  verify: TokenVerifier
  log: Log
  writes: Writes<K>
}

type ActionOf<K extends Kit> = Action<Method, string, 200 | 201, z.ZodObject, z.ZodObject, z.ZodObject, K>

/** More than any action of an app needs. */
const BODY = { maxBytes: 8_192, maxDepth: 8, maxMembers: 200 }

/** The steps of an action: authentication → key → input → once per key, within the budget → answer. */
export const serveAction =
  <K extends Kit>(
    action: ActionOf<K>,
    { clients, createFormat, verify, writes, log }: ActionDependencies<K>,
  ): Handler<RestEnv> =>
  async (c) => {
    const arrivedAt = arrivalOf(c.env?.incoming)
    const deadline = arrivedAt + action.budgetMs
    const facts = c.get('facts')
    facts.is('action', action.name, action.budgetMs)
    // Only here: a write that has started is answered, however late.
    requireTime(deadline)
    const viewer = await byDeadline(authorise(c, action.access, verify), deadline, 'identity')
    facts.by(viewer)
    const key = idempotencyKey(c)
    const body = action.body && (await readJsonBody(c.req.raw, BODY))
    requireTime(deadline)
    const prepared = action.prepare({ params: c.req.param(), body })
    const format = createFormat(negotiateLocale(c.req.header('accept-language')))
    const leaseMs = leaseOf(action.budgetMs)
    // Not the consumer's signal: a write that has started is finished even if the consumer disconnects.
    const context = createRequestContext({
      budgetMs: action.budgetMs,
      arrivedAt,
      trace: c.get('trace'),
      viewer,
    })
    try {
      const { answer, replayed } = await writes.idempotency.once(
        { user: viewer.id, route: action.name, key, request: prepared.fingerprint, leaseMs },
        async ({ id }) => {
          const precondition = writePrecondition(action.target, c.req)
          const use = {
            ...{ ...writes, clients: clients.forRequest(context), viewer, context },
            ...{ key: id, precondition, leaseMs },
          }
          try {
            return done(action, await prepared.run(use, format))
          } catch (error) {
            return refused(error, c, log)
          }
        },
      )
      return new Response(answer.body, {
        status: answer.status,
        headers: {
          ...answer.headers,
          'Cache-Control': 'no-store',
          ...(replayed && { 'Idempotency-Replayed': 'true' }),
        },
      })
    } finally {
      context.end()
    }
  }

/** @throws {ProblemError} `IDEMPOTENCY_KEY_REQUIRED` without one, `INVALID_REQUEST` for a malformed one */
function idempotencyKey(c: Context): string {
  const given = c.req.header('idempotency-key')
  if (given === undefined)
    throw new ProblemError(
      'IDEMPOTENCY_KEY_REQUIRED',
      'Send a new one, such as a UUID, for each write, and the same one with every retry.',
    )
  return validated('Idempotency-Key', IdempotencyKey, given)
}

const done = ({ status, version }: Action, { body, revision }: Done): KeptAnswer => ({
  status,
  headers: {
    'Content-Type': 'application/json',
    'Schema-Version': String(version),
    ...(revision !== undefined && { ETag: revisionTag(revision) }),
  },
  body,
})

/** Stores a final refusal as an answer. @throws errors after which the outcome of the write is unknown */
function refused(error: unknown, c: Context<RestEnv>, log: Log): KeptAnswer {
  const problem = finalRefusal(error)
  c.var.facts.problem = problem.code
  log.info({ code: problem.code, reason: problem.reason, traceId: c.var.trace.traceId }, 'write refused')
  return {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json' },
    body: JSON.stringify(problemBody(problem, c.var.trace.traceId)),
  }
}
