import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import type { Verdict } from './breaker.ts'

/** Errors by which an upstream shows that it does not work. */
const FAILURES: ReadonlySet<UpstreamErrorCode> = new Set(['unavailable', 'timeout', 'invalid_answer'])
/** Errors that say nothing about an upstream: the call was ended here, or it never left the process. */
const NO_VERDICT: ReadonlySet<UpstreamErrorCode> = new Set(['cancelled', 'overloaded'])

type Course = {
  /** Instants of `performance.now()`: the call was first sent, ended, and was waited for at most until `deadline`. */
  readonly sentAt: number
  readonly endedAt: number
  readonly deadline: number
  /** Ended by those who waited for it, and not by an answer. */
  readonly wasEnded: boolean
  /** Milliseconds that a call must have had for its running out of time to say something about the upstream. */
  readonly enoughMs: number
}

/** gRPC ends a call at its deadline by a timer of its own, which may fire this much earlier. */
const CLOSE_MS = 5
/** A timer this late means that our own process was busy: the answer may be waiting to be read. */
const BUSY_MS = 50

/**
 * What a failed call says about its upstream. A call that used up the time it was given is a failure of the
 * upstream if that time is enough for most answers; a call that was given only the last milliseconds of a budget,
 * and a consumer that left, say nothing. "Not found" is an answer like any other.
 */
export function verdictOf(error: unknown, course: Course): Verdict {
  const code = error instanceof UpstreamError ? error.code : 'unavailable'
  if (NO_VERDICT.has(code)) return 'none'
  if (!FAILURES.has(code)) return 'success'
  return code === 'timeout' && ranOutOfTime(course) && !saysEnough(course) ? 'none' : 'failure'
}

const ranOutOfTime = ({ wasEnded, endedAt, deadline }: Course) => wasEnded || endedAt >= deadline - CLOSE_MS

const saysEnough = ({ sentAt, endedAt, deadline, enoughMs }: Course) =>
  endedAt - sentAt >= enoughMs && endedAt - deadline <= BUSY_MS
