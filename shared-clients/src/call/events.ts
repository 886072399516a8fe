import { type Channel, channel } from 'node:diagnostics_channel'
import type { UpstreamErrorCode } from '@harbor/shared-runtime/errors'

/** What every message of a call says. */
type CallEvent = {
  readonly upstream: string
  /** `GET /products/{id}`, `getStock`: never with a value in it. */
  readonly endpoint: string
  /** Of the request that made the call. */
  readonly traceId: string
}

/** A call joined an identical one: `traceId` is its own, `sharedTraceId` that of the call it joined. */
export type Coalesced = CallEvent & { readonly sharedTraceId: string }
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
export type Finished = CallEvent & {
  readonly durationMs: number
  readonly code: 'ok' | UpstreamErrorCode
  readonly attempts: number
}
export type BreakerState = 'closed' | 'open' | 'half-open'
/** The circuit breaker of an upstream changed its state. */
export type BreakerChanged = { readonly upstream: string; readonly state: BreakerState }

/** A channel whose subscribers get one kind of message. Subscribe by its name, or here. */
type Typed<Message> = Omit<Channel, 'publish'> & { publish(message: Message): void }
const typed = <Message>(name: string): Typed<Message> => channel(name)

/**
 * What happens to calls, on `node:diagnostics_channel`. Who publishes asks `hasSubscribers` before it builds a
 * message, so a channel that nobody listens to costs one property read.
 */
export const callEvents = {
  coalesced: typed<Coalesced>('harbor.call.coalesced'),
  retried: typed<Retried>('harbor.call.retried'),
  hedged: typed<Hedged>('harbor.call.hedged'),
  skipped: typed<Skipped>('harbor.call.skipped'),
  rejected: typed<Rejected>('harbor.call.rejected'),
  finished: typed<Finished>('harbor.call.finished'),
  breaker: typed<BreakerChanged>('harbor.call.breaker'),
}
