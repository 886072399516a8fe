import { UpstreamError } from '@harbor/shared-runtime/errors'
import { type RequestContext, remainingMs } from '@harbor/shared-runtime/request-context'

/** What one attempt of a call may use. */
export type Attempt = {
  /** Instant (of `performance.now()`) until which the caller waits: the end of the call's own timeout or of the request's time. */
  readonly deadline: number
  /** Aborted at the deadline, or earlier when the request ends. */
  readonly signal: AbortSignal
}

/**
 * Runs an attempt and settles at its deadline at the latest, whether or not the attempt obeys its signal.
 *
 * @param timeoutMs the call's own timeout, in milliseconds
 * @throws {UpstreamError} `timeout` at the deadline, `cancelled` when the request ended first
 */
export async function withDeadline<T>(
  upstream: string,
  context: RequestContext,
  timeoutMs: number,
  attempt: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  if (context.signal.aborted) throw cancelled(upstream, context.signal.reason)
  const deadline = Math.min(performance.now() + timeoutMs, context.deadline)
  const ms = remainingMs(deadline)
  if (ms < 1) throw new UpstreamError(upstream, 'timeout', 'not called: the budget of the request is used up')

  const controller = new AbortController()
  let end: ((error: UpstreamError) => void) | undefined
  const ended = new Promise<never>((_, reject) => {
    end = reject
  })
  const stop = (error: UpstreamError) => {
    end?.(error)
    controller.abort(error)
  }
  const onRequestEnd = () => stop(cancelled(upstream, context.signal.reason))
  const timer = setTimeout(
    () => stop(new UpstreamError(upstream, 'timeout', `no answer within ${Math.round(ms)} ms`)),
    ms,
  )
  context.signal.addEventListener('abort', onRequestEnd, { once: true })
  try {
    // The race hears the attempt out, also after the deadline, when nobody else does.
    return await Promise.race([attempt({ deadline, signal: controller.signal }), ended])
  } finally {
    clearTimeout(timer)
    context.signal.removeEventListener('abort', onRequestEnd)
  }
}

const cancelled = (upstream: string, cause: unknown) =>
  new UpstreamError(upstream, 'cancelled', 'the request ended before the answer came', { cause })
