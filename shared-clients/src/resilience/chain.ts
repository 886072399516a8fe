import { UpstreamError } from '@harbor/shared-runtime/errors'
import { type RequestContext, remainingMs } from '@harbor/shared-runtime/request-context'
import type { ServiceName } from '../services.ts'
import { type Attempt as Caller, withDeadline } from '../transport/deadline.ts'
import type { InternalTokens } from '../transport/internal-tokens.ts'
import type { Operation } from './attempt.ts'
import { type ResilienceSettings, resilienceOf } from './defaults.ts'
import { type BreakerState, callEvents } from './events.ts'
import { Flight } from './flight.ts'
import { UpstreamHealth } from './health.ts'

/** What is known of an upstream now, for `/readyz` and metrics. */
export type UpstreamState = {
  readonly breaker: BreakerState
  readonly inFlight: number
  /** Calls that wait for a place. */
  readonly queued: number
}

/**
 * The way of every call to one upstream, whatever its transport: deadline → identical reads share one call →
 * token → bulkhead → circuit breaker → retry within budget, hedge → transport.
 */
export class CallChain {
  readonly #upstream: ServiceName
  readonly #timeoutMs: number
  readonly #tokens: InternalTokens
  readonly #health: UpstreamHealth
  /** Reads on their way, by user and arguments. */
  readonly #flights: Flights = new Map()

  constructor(upstream: ServiceName, settings: ResilienceSettings, tokens: InternalTokens) {
    this.#upstream = upstream
    this.#timeoutMs = settings.timeoutMs
    this.#tokens = tokens
    this.#health = new UpstreamHealth(upstream, resilienceOf(settings))
  }

  /**
   * Makes a call for a request; settles at its deadline at the latest. Those who share a call share its value:
   * nobody may write to it.
   *
   * @param timeoutMs the smaller of this and what the request has left is its time; the client's own when not given
   * @param optional the answer can do without it: it is not made when too little time is left
   * @throws {UpstreamError}
   */
  call<T>(
    context: RequestContext,
    operation: Operation<T>,
    timeoutMs = this.#timeoutMs,
    optional = false,
  ): Promise<T> {
    const skipped = optional ? this.#skip(context, operation, timeoutMs) : undefined
    const answer = skipped
      ? Promise.reject(skipped)
      : withDeadline(this.#upstream, context, timeoutMs, (caller) => this.#share(context, operation, caller))
    // A caller may start several calls and wait for one: a failure of the others must not end the process.
    answer.catch(ignore)
    return answer
  }

  get state(): UpstreamState {
    const { breaker, bulkhead } = this.#health
    return { breaker: breaker.state, inFlight: bulkhead.inFlight, queued: bulkhead.queued }
  }

  #skip<T>(context: RequestContext, operation: Operation<T>, timeoutMs: number): UpstreamError | undefined {
    const now = performance.now()
    const remaining = Math.min(timeoutMs, remainingMs(context.deadline))
    if (!this.#health.skips(remaining, now)) return undefined
    const neededMs = this.#health.usualMs(now)
    if (callEvents.skipped.hasSubscribers)
      callEvents.skipped.publish({
        upstream: this.#upstream,
        endpoint: operation.endpoint,
        traceId: context.trace.traceId,
        remainingMs: remaining,
        neededMs,
      })
    return new UpstreamError(
      this.#upstream,
      'timeout',
      `not called: ${Math.round(remaining)} ms left, and it usually needs ${Math.round(neededMs)} ms`,
    )
  }

  #share<T>(context: RequestContext, operation: Operation<T>, caller: Caller): Promise<T> {
    const { viewer } = context
    let shared: Flights | undefined
    let key = operation.key
    if (operation.isRead && !operation.alone) {
      if (viewer !== undefined) key = `${viewer.id} ${key}`
      const running = this.#flights.get(key)
      if (running === undefined) shared = this.#flights
      else if (running.user === viewer?.token && isSame(running.operation, operation))
        // The same schema parses the answer to the same arguments: it is the same type.
        return this.#join(running as Flight<T>, context, operation, caller)
    }
    const token = (refused?: string): Promise<string> => this.#tokens(context, this.#upstream, NEVER, refused)
    const flight = new Flight(this.#health, operation, viewer?.token, caller.deadline, key, shared)
    caller.onEnd = (why) => flight.leave(why)
    return flight.start(token)
  }

  #join<T>(flight: Flight<T>, context: RequestContext, operation: Operation<T>, caller: Caller): Promise<T> {
    if (callEvents.coalesced.hasSubscribers)
      callEvents.coalesced.publish({
        upstream: this.#upstream,
        endpoint: operation.endpoint,
        traceId: context.trace.traceId,
        sharedTraceId: flight.operation.trace.traceId,
      })
    flight.join(caller.deadline)
    caller.onEnd = (why) => flight.leave(why)
    return flight.answer.catch((error: unknown) => {
      // The upstream gave up at the time of those who came before it was asked; this caller has more.
      const early = error instanceof UpstreamError && error.code === 'timeout' && caller.ended === undefined
      if (early && caller.deadline > flight.toldDeadline + 1 && remainingMs(caller.deadline) > 1)
        return this.#share(context, operation, caller)
      throw error
    })
  }
}

/** The key holds the user, too, and words can be put together in more than one way. */
const isSame = (one: Operation<unknown>, other: Operation<unknown>): boolean =>
  one.shape === other.shape && one.key === other.key

type Flights = Map<string, Flight<unknown>>

/** An exchange of tokens has a timeout of its own, and goes on for the others when a caller leaves. */
const NEVER = new AbortController().signal

const ignore = () => {}
