import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { typedChannel } from '@harbor/shared-runtime/telemetry/channel'
import type { Operation } from './attempt.ts'

/** What every message of a call says. */
type CallEvent = {
  readonly upstream: string
  /** `GET /products/{id}`, `getStock`: never with a value in it. */
  readonly endpoint: string
  /** Of the request that made the call. */
  readonly traceId: string
  /** The span of that request. */
  readonly parentSpanId: string
  /** The span of the call, which the upstream is told. */
  readonly spanId: string
}

/** How a caller's wait for an upstream ended. */
type Ended = {
  /** Instant of `performance.now()`. */
  readonly startedAt: number
  readonly durationMs: number
  /** Milliseconds that the call had. */
  readonly limitMs: number
  readonly code: 'ok' | UpstreamErrorCode
  /** The error, when it failed. For this process only: it may quote the upstream. */
  readonly error: UpstreamError | undefined
}

/** A call joined an identical one: `traceId` is its own, `sharedTraceId` that of the call it joined. */
export type Coalesced = CallEvent & { readonly sharedTraceId: string }
/** The wait of a call that had joined another one ended. */
export type Joined = Coalesced & Ended
/** A failed call is made again after `delayMs`; `attempt` is 2 for the first retry. */
export type Retried = CallEvent & {
  readonly attempt: number
  readonly code: UpstreamErrorCode
  readonly delayMs: number
}
/** A second attempt was sent beside one that had run for `afterMs`. */
export type Hedged = CallEvent & { readonly afterMs: number }
/** An optional call was not made: it had `remainingMs`, and half of the recent ones took longer than `neededMs`. */
export type Skipped = CallEvent & { readonly remainingMs: number; readonly neededMs: number }
/** A call was refused: `maxConcurrent` were at the upstream and `maxQueued` waited. */
export type Rejected = CallEvent & { readonly inFlight: number; readonly queued: number }
/** An upstream call ended: after `durationMs`, its wait for a place included; `attempts` were sent. */
export type Finished = CallEvent &
  Ended & {
    readonly attempts: number
    /** The breaker of the upstream when the call began; without an attempt, it may have refused the call. */
    readonly breaker: BreakerState
    /** Bytes of the bodies sent and received by all attempts; `undefined` where the transport does not say. */
    readonly bytesSent: number | undefined
    readonly bytesReceived: number | undefined
  }
export type BreakerState = 'closed' | 'open' | 'half-open'
/** The circuit breaker of an upstream changed its state. */
export type BreakerChanged = { readonly upstream: string; readonly state: BreakerState }

/** What happens to calls, on `node:diagnostics_channel`. */
export const callEvents = {
  coalesced: typedChannel<Coalesced>('harbor.call.coalesced'),
  joined: typedChannel<Joined>('harbor.call.joined'),
  retried: typedChannel<Retried>('harbor.call.retried'),
  hedged: typedChannel<Hedged>('harbor.call.hedged'),
  skipped: typedChannel<Skipped>('harbor.call.skipped'),
  rejected: typedChannel<Rejected>('harbor.call.rejected'),
  finished: typedChannel<Finished>('harbor.call.finished'),
  breaker: typedChannel<BreakerChanged>('harbor.call.breaker'),
}

/** The fields of an event of a call. */
export const callEvent = (
  upstream: string,
  { endpoint, trace, spanId }: Pick<Operation<unknown>, 'endpoint' | 'trace' | 'spanId'>,
): CallEvent => ({ upstream, endpoint, traceId: trace.traceId, parentSpanId: trace.spanId, spanId })

/** How a call ended that began at `startedAt`; `failure` is `undefined` when it has its answer. */
export function endedOf(startedAt: number, limitMs: number, failure: unknown): Ended {
  const error = failure instanceof UpstreamError ? failure : undefined
  const code = failure === undefined ? 'ok' : (error?.code ?? 'unavailable')
  return { startedAt, durationMs: performance.now() - startedAt, limitMs, code, error }
}
