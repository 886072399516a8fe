import { hash, timingSafeEqual } from 'node:crypto'
import type { Log } from '@harbor/shared-runtime/log'
import { problemResponse } from '@harbor/shared-runtime/problem-response'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'
import { continueTrace } from '@harbor/shared-runtime/trace'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context, MiddlewareHandler } from 'hono'

/** More than the lists of any device. */
const MAX_BODY_BYTES = 512 * 1024

/** Lets in who shows the token. Without one the routes are not there. */
export function requireToken(token: string | undefined, settingName: string): MiddlewareHandler {
  return async (c, next) => {
    if (token === undefined) throw new ProblemError('NOT_FOUND', `Not enabled: ${settingName} is not set.`)
    const given = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1]
    if (given === undefined || !isSame(given, token)) throw new ProblemError('UNAUTHENTICATED')
    await next()
  }
}

/** Hashes are of one length: what is compared in constant time tells nothing of the token's. */
const isSame = (given: string, token: string): boolean =>
  timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'))

/** Answers what was thrown as problem+json; what nobody foresaw goes into the log. */
export const answeringProblems =
  (log: Log) =>
  (error: Error, c: Context): Response => {
    const { traceId } = continueTrace(c.req.header('traceparent'))
    const problem = toProblem(error)
    if (problem.status === 500) log.error({ err: error, traceId }, 'a management request failed')
    // What was not read of the body would stand in front of the next request.
    return problemResponse(problem, traceId, problem.code === 'TOO_LARGE' ? { Connection: 'close' } : {})
  }

/** The body as text. @throws {ProblemError} `TOO_LARGE` before the whole of it was read */
export async function readBody(c: Context): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_BODY_BYTES) throw new ProblemError('TOO_LARGE')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** Who asked, for the log. */
export const callerOf = (c: Context): string | undefined => getConnInfo(c).remote.address
