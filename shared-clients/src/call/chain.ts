import { UpstreamError } from '@harbor/shared-runtime/errors'
import { type RequestContext, remainingMs } from '@harbor/shared-runtime/request-context'
import type { ServiceName } from '../services.ts'
import type { Operation } from './attempt.ts'
import { type Caller, withDeadline } from './deadline.ts'
import { type ResilienceSettings, resilienceOf } from './defaults.ts'
import { type BreakerState, callEvent, callEvents, endedOf } from './events.ts'
import { UpstreamHealth } from './health.ts'
import type { InternalTokens } from './internal-tokens.ts'
import { SharedCall } from './shared-call.ts'

/** The state of an upstream as this process knows it, for `/readyz` and metrics. */
export type UpstreamState = {
  readonly breaker: BreakerState
  readonly inFlight: number
  /** Calls that wait for a slot. */
  readonly queued: number
}

/**
 * The steps of every call to one upstream, whatever its transport: skip or deadline → coalesce identical reads →
 * token → bulkhead → circuit breaker → retry within budget, hedge → transport. An open breaker refuses first.
 */
export class CallChain {
  readonly #upstream: ServiceName
  readonly #timeoutMs: number
  readonly #leastTimeoutMs: number
  readonly #tokens: InternalTokens
  readonly #health: UpstreamHealth
  /** Reads under way, by user and arguments. */
  readonly #underWay: SharedCalls = new Map()

  constructor(upstream: ServiceName, settings: ResilienceSettings, tokens: InternalTokens) {
    this.#upstream = upstream
    this.#timeoutMs = settings.timeoutMs
    this.#leastTimeoutMs = settings.leastTimeoutMs ?? 0
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
    const ms = Math.max(timeoutMs, this.#leastTimeoutMs)
    const skipped = optional ? this.#skip(context, operation, ms) : undefined
    const answer = skipped
      ? Promise.reject(skipped)
      : withDeadline(this.#upstream, context, ms, (caller) => this.#share(context, operation, caller))
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
        ...callEvent(this.#upstream, operation),
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
    let shared: SharedCalls | undefined
    let key = operation.key
    if (operation.isRead && !operation.alone && !context.alone) {
      if (viewer !== undefined) key = `${viewer.id} ${key}`
      const running = this.#underWay.get(key)
      if (running === undefined) shared = this.#underWay
      else if (running.user === viewer?.token && isSame(running.operation, operation))
        // The same schema parses the answer to the same arguments: it is the same type.
        return this.#join(running as SharedCall<T>, context, operation, caller)
    }
    const token = (refused?: string): Promise<string> => this.#tokens(context, this.#upstream, NEVER, refused)
    const sharedCall = new SharedCall(this.#health, operation, viewer?.token, caller.deadline, key, shared)
    caller.onEnd = (why) => sharedCall.leave(why)
    return sharedCall.start(token)
  }

  #join<T>(
    sharedCall: SharedCall<T>,
    context: RequestContext,
    operation: Operation<T>,
    caller: Caller,
  ): Promise<T> {
    const { traceId: sharedTraceId } = sharedCall.operation.trace
    if (callEvents.coalesced.hasSubscribers)
      callEvents.coalesced.publish({ ...callEvent(this.#upstream, operation), sharedTraceId })
    sharedCall.join(caller.deadline)
    const tell = callEvents.joined.hasSubscribers
      ? this.#joinedTeller(operation, caller, sharedTraceId)
      : undefined
    caller.onEnd = (why) => {
      tell?.(why)
      sharedCall.leave(why)
    }
    if (tell) sharedCall.answer.then(() => tell(undefined), tell)
    return sharedCall.answer.catch((error: unknown) => {
      // The upstream gave up at the time of those who came before it was asked; this caller has more.
      const early = error instanceof UpstreamError && error.code === 'timeout' && caller.ended === undefined
      if (early && caller.deadline > sharedCall.toldDeadline + 1 && remainingMs(caller.deadline) > 1)
        return this.#share(context, operation, caller)
      throw error
    })
  }

  /** Tells once how the wait of a caller ended that had joined a call. */
  #joinedTeller(operation: Operation<unknown>, caller: Caller, sharedTraceId: string) {
    const startedAt = performance.now()
    const limitMs = caller.deadline - startedAt
    let told = false
    return (failure: unknown) => {
      if (told) return
      told = true
      callEvents.joined.publish({
        ...callEvent(this.#upstream, operation),
        sharedTraceId,
        ...endedOf(startedAt, limitMs, failure),
      })
    }
  }
}

/** The key holds the user, too, and words can be put together in more than one way. */
const isSame = (one: Operation<unknown>, other: Operation<unknown>): boolean =>
  one.shape === other.shape && one.key === other.key

type SharedCalls = Map<string, SharedCall<unknown>>

/** An exchange of tokens has a timeout of its own, and continues for the other callers when one leaves. */
const NEVER = new AbortController().signal

const ignore = () => {}
