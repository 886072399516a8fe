import { isUserRefused, UpstreamError } from '@harbor/shared-runtime/errors'
import { remainingMs } from '@harbor/shared-runtime/request-context'
import type { Operation } from './attempt.ts'
import type { Place } from './bulkhead.ts'
import { type BreakerState, callEvent, callEvents, endedOf } from './events.ts'
import { Exchange } from './exchange.ts'
import type { UpstreamHealth } from './health.ts'
import { isStaleConnection } from './stale-connection.ts'
import { verdictOf } from './verdict.ts'

/**
 * One call on its way through bulkhead, breaker and retries, for one or more callers. It has no timer: it ends
 * with its answer, or when the last caller has stopped waiting.
 */
export class SharedCall<T> implements Place {
  readonly operation: Operation<T>
  /** The token of the user it is made for: nobody else may share it. */
  readonly user: string | undefined
  /** Instant (of `performance.now()`) until which somebody waits for it. */
  deadline: number
  /** Set by `start`. */
  declare answer: Promise<T>
  /** The deadline that was sent to the upstream with the last attempt. */
  toldDeadline = 0
  readonly #health: UpstreamHealth
  readonly #key: string
  readonly #underWay: Map<string, SharedCall<unknown>> | undefined
  #waiting = 1
  #sent = 0
  #over: UpstreamError | undefined
  /** Ends the step in which it is. */
  #stop: ((why: UpstreamError) => void) | undefined
  #proceed: (() => void) | undefined

  constructor(
    health: UpstreamHealth,
    operation: Operation<T>,
    user: string | undefined,
    deadline: number,
    key: string,
    underWay: Map<string, SharedCall<unknown>> | undefined,
  ) {
    this.#health = health
    this.operation = operation
    this.user = user
    this.deadline = deadline
    this.#key = key
    this.#underWay = underWay
  }

  /** Starts it, once. Identical reads find it among the calls under way until it ends. */
  start(token: ObtainToken): Promise<T> {
    this.#underWay?.set(this.#key, this)
    return (this.answer = this.#run(token))
  }

  /** One more caller waits for it. */
  join(deadline: number): void {
    this.#waiting++
    if (deadline > this.deadline) this.deadline = deadline
  }

  /** A caller has stopped waiting; the last one ends the call. */
  leave(why: UpstreamError): void {
    if (--this.#waiting > 0) return
    this.#over = why
    this.#land()
    this.#stop?.(why)
  }

  /** The bulkhead has a slot for it. */
  enter(): void {
    this.#proceed?.()
  }

  async #run(obtain: ObtainToken): Promise<T> {
    const { bulkhead, breaker } = this.#health
    const startedAt = performance.now()
    const limitMs = this.deadline - startedAt
    const { state } = breaker
    let failure: unknown
    try {
      breaker.check()
      const token = await obtain()
      if (this.#over) throw this.#over
      if (!bulkhead.tryEnter()) await this.#turn()
      try {
        return await this.#admitted(breaker.admit(), token, obtain)
      } finally {
        bulkhead.leave()
      }
    } catch (error) {
      failure = error ?? 'failed'
      throw error
    } finally {
      this.#land()
      if (callEvents.finished.hasSubscribers) this.#tellFinished(startedAt, limitMs, state, failure)
    }
  }

  #tellFinished(startedAt: number, limitMs: number, breaker: BreakerState, failure: unknown): void {
    const { bytesSent, bytesReceived } = this.operation
    callEvents.finished.publish({
      ...callEvent(this.#health.upstream, this.operation),
      ...endedOf(startedAt, limitMs, failure),
      attempts: this.#sent,
      breaker,
      bytesSent,
      bytesReceived,
    })
  }

  /** Sends it past the breaker, and tells the breaker what came of it. */
  async #admitted(pass: number, token: string, obtain: ObtainToken): Promise<T> {
    const health = this.#health
    const sentAt = performance.now()
    try {
      const value = await this.#send(token, obtain)
      health.report(pass, 'success')
      return value
    } catch (error) {
      const endedAt = performance.now()
      const wasEnded = this.#over !== undefined
      const course = { sentAt, endedAt, deadline: this.deadline, wasEnded, enoughMs: health.enoughMs(sentAt) }
      health.report(pass, verdictOf(error, course))
      throw error
    }
  }

  /** From now on no caller may join it. */
  #land(): void {
    if (this.#underWay?.get(this.#key) === this) this.#underWay.delete(this.#key)
  }

  /** Waits for a slot in the bulkhead, as long as a caller waits for the call. */
  #turn(): Promise<void> {
    const { bulkhead, upstream } = this.#health
    return new Promise((resolve, reject) => {
      this.#proceed = resolve
      this.#stop = (why) => {
        bulkhead.giveUp(this)
        reject(why)
      }
      if (bulkhead.queue(this)) return
      if (callEvents.rejected.hasSubscribers)
        callEvents.rejected.publish({
          ...callEvent(this.#health.upstream, this.operation),
          inFlight: bulkhead.inFlight,
          queued: bulkhead.queued,
        })
      reject(new UpstreamError(upstream, 'overloaded', 'not called: too many calls are waiting for it'))
    })
  }

  /**
   * Sends it, and again as long as that is safe, useful and within the budget; once more with another token when
   * the first is refused, which is safe for writes, too: nothing was done.
   */
  async #send(first: string, obtain: ObtainToken): Promise<T> {
    const health = this.#health
    health.called(performance.now())
    let token = first
    for (let retries = 0; ; ) {
      if (this.#over) throw this.#over
      this.toldDeadline = this.deadline
      const exchange = new Exchange(health, this.operation, token, this.deadline)
      this.#stop = (why) => exchange.cancel(why)
      try {
        return await exchange.answer
      } catch (error) {
        if (token === first && isTokenRefused(error)) {
          this.#stop = undefined
          token = await another(first, obtain, error)
        } else {
          const delayMs = this.#retryAfterMs(error, retries++)
          if (delayMs === undefined) throw error
          if (delayMs > 0) await this.#pause(delayMs)
        }
        // A busy process wakes late.
        if (remainingMs(this.deadline) < 1) throw error
      } finally {
        this.#sent += exchange.sent
      }
    }
  }

  /** Milliseconds until the next attempt; `undefined` when there is none. */
  #retryAfterMs(error: unknown, retries: number): number | undefined {
    const { retry } = this.#health.settings
    if (!(error instanceof UpstreamError) || this.#over || retries >= retry.max) return undefined
    if (!this.operation.repeatable || !RETRIED.has(error.code)) return undefined
    // A connection that the upstream had closed already: nothing is wrong, and there is nothing to wait for.
    const stale = isStaleConnection(error.cause)
    const delayMs = stale ? 0 : Math.random() * retry.baseMs * 2 ** retries
    const now = performance.now()
    const useful = remainingMs(this.deadline) - delayMs
    // Not with less time than the upstream usually needs; that is NaN when not known.
    if (useful < 1 || useful < this.#health.usualMs(now) || !this.#health.mayRetry(now, stale))
      return undefined
    if (callEvents.retried.hasSubscribers)
      callEvents.retried.publish({
        ...callEvent(this.#health.upstream, this.operation),
        attempt: retries + 2,
        code: error.code,
        delayMs,
      })
    return delayMs
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms)
      this.#stop = (why) => {
        clearTimeout(timer)
        reject(why)
      }
    })
  }
}

/** The token for the call; given one that was refused, another one, or the same when there is none to be had. */
type ObtainToken = (refused?: string) => Promise<string>

const isTokenRefused = (error: unknown) => error instanceof UpstreamError && error.code === 'unauthorized'

/** @throws the refusal itself when there is no other token; `user_refused` when identity refuses the user, too */
async function another(refused: string, obtain: ObtainToken, refusal: unknown): Promise<string> {
  const token = await obtain(refused).catch((error: unknown) => {
    // That identity is not well says nothing about this upstream.
    throw isUserRefused(error) ? error : refusal
  })
  if (token === refused) throw refusal
  return token
}

/** An upstream that says that it is overloaded is not asked again: it would be more so. */
const RETRIED: ReadonlySet<UpstreamError['code']> = new Set(['unavailable', 'timeout'])
