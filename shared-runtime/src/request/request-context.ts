import type { Viewer } from '../auth/index.ts'
import { continueTrace, type TraceContext } from './trace.ts'

/** Share of the budget reserved after the deadline of the upstream calls: time to project and to send. */
const PROJECTION_RESERVE = 0.05

/** Data of a request that every upstream call made for it needs. One per request; never stored. */
export type RequestContext = {
  readonly trace: TraceContext
  /** Instant (of `performance.now()`) at which every upstream call of this request ends. */
  readonly deadline: number
  /** Aborted when the consumer disconnects or the answer is decided: upstream calls end with it. */
  readonly signal: AbortSignal
  /** The user for whom upstreams are called; none for public and device traffic. */
  readonly viewer: Viewer | undefined
  /**
   * Whether its reads are calls of their own: one that is under way already may have begun before the change that this
   * request wants to see.
   */
  readonly alone: boolean
  /** Ends every upstream call that is still running. */
  abort(reason?: unknown): void
  /** Call it when the answer is ready: aborts remaining calls and releases the consumer's signal. */
  end(): void
}

type Options = {
  /** Milliseconds from the arrival of the request in which the consumer should have its answer. */
  budgetMs: number
  /** When the request arrived, as an instant of `performance.now()`; the current time by default. */
  arrivedAt?: number | undefined
  traceparent?: string | null | undefined
  trace?: TraceContext
  viewer?: Viewer | undefined
  /** Aborted when the consumer disconnects. */
  consumer?: AbortSignal | undefined
  alone?: boolean
}

/** Made once: without a reason, each abort would make an exception with a stack. */
const ENDED = new DOMException('the request has ended', 'AbortError')

/** Creates the context of one request; its deadline leaves 5 % of the budget for the answer itself. */
export function createRequestContext({
  budgetMs,
  arrivedAt = performance.now(),
  traceparent,
  trace,
  viewer,
  consumer,
  alone = false,
}: Options): RequestContext {
  // A controller of its own instead of AbortSignal.any, which keeps its sources alive.
  const controller = new AbortController()
  const leave = () => controller.abort(consumer?.reason)
  if (consumer?.aborted) leave()
  else consumer?.addEventListener('abort', leave, { once: true })
  return {
    trace: trace ?? continueTrace(traceparent),
    deadline: arrivedAt + budgetMs * (1 - PROJECTION_RESERVE),
    signal: controller.signal,
    viewer,
    alone,
    abort: (reason) => controller.abort(reason),
    end() {
      consumer?.removeEventListener('abort', leave)
      controller.abort(ENDED)
    },
  }
}

/** Milliseconds until an instant of `performance.now()`, never negative. */
export const remainingMs = (deadline: number): number => Math.max(0, deadline - performance.now())

/** The context of work outside any request that ends with a signal: feeds, warm-up, readings of devices. */
export function backgroundContext(signal: AbortSignal, traceparent?: string): RequestContext {
  const context = createRequestContext({ budgetMs: 0, consumer: signal, traceparent })
  return { ...context, deadline: Number.POSITIVE_INFINITY }
}
