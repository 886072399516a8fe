import type { Viewer } from './auth/index.ts'
import { continueTrace, type TraceContext } from './trace.ts'

/** Milliseconds between the deadline of the upstream calls and the budget: time to project and to send. */
const PROJECTION_RESERVE = 0.05

/** The part of a request that every upstream call made for it needs. One a request; never kept. */
export type RequestContext = {
  readonly trace: TraceContext
  /** Instant (of `performance.now()`) after which no upstream call of this request goes on. */
  readonly deadline: number
  /** Aborted when the consumer goes away or the answer has been decided: upstream calls stop with it. */
  readonly signal: AbortSignal
  /** The user in whose name upstreams are called; none for public and device traffic. */
  readonly viewer: Viewer | undefined
  /** Ends every upstream call that is still running. */
  abort(reason?: unknown): void
  /** To be called once the answer is made: aborts what is left and lets go of the consumer's signal. */
  end(): void
}

type Options = {
  /** Milliseconds from the arrival of the request within which the consumer is to have its answer. */
  budgetMs: number
  /** When the request arrived, as an instant of `performance.now()`; now when not given. */
  arrivedAt?: number | undefined
  traceparent?: string | null | undefined
  trace?: TraceContext
  viewer?: Viewer | undefined
  /** Aborted when the consumer goes away. */
  consumer?: AbortSignal | undefined
}

/** Makes the context of one request; its deadline leaves 5 % of the budget for the answer itself. */
export function createRequestContext({
  budgetMs,
  arrivedAt = performance.now(),
  traceparent,
  trace,
  viewer,
  consumer,
}: Options): RequestContext {
  // A controller of our own instead of AbortSignal.any, which keeps its sources alive.
  const controller = new AbortController()
  const leave = () => controller.abort(consumer?.reason)
  if (consumer?.aborted) leave()
  else consumer?.addEventListener('abort', leave, { once: true })
  return {
    trace: trace ?? continueTrace(traceparent),
    deadline: arrivedAt + budgetMs * (1 - PROJECTION_RESERVE),
    signal: controller.signal,
    viewer,
    abort: (reason) => controller.abort(reason),
    end() {
      consumer?.removeEventListener('abort', leave)
      controller.abort()
    },
  }
}

/** Milliseconds left until an instant of `performance.now()`, never below zero. */
export const remainingMs = (deadline: number): number => Math.max(0, deadline - performance.now())

/** The context of work that is for no request and ends with a signal: feeds, warm-up. */
export function backgroundContext(signal: AbortSignal): RequestContext {
  const context = createRequestContext({ budgetMs: 0, consumer: signal })
  return { ...context, deadline: Number.POSITIVE_INFINITY }
}
