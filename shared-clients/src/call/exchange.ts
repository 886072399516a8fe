import { UpstreamError } from '@harbor/shared-runtime/errors'
import { Attempt, type Operation } from './attempt.ts'
import { callEvent, callEvents } from './events.ts'
import type { UpstreamHealth } from './health.ts'

/**
 * Sends a call once, and a second time beside it when it is a read that has run longer than nearly all others
 * did. The first answer counts, the other attempt is cancelled.
 */
export class Exchange<T> {
  readonly #health: UpstreamHealth
  readonly #operation: Operation<T>
  readonly #token: string
  readonly #deadline: number
  readonly #first: Attempt<T>
  #second: Attempt<T> | undefined
  #timer: NodeJS.Timeout | undefined
  #resolve: ((value: T) => void) | undefined
  #reject: ((error: UpstreamError) => void) | undefined
  readonly answer: Promise<T>
  /** How often it was sent: 1, or 2 with a hedge. */
  sent = 1

  constructor(health: UpstreamHealth, operation: Operation<T>, token: string, deadline: number) {
    this.#health = health
    this.#operation = operation
    this.#token = token
    this.#deadline = deadline
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const now = performance.now()
    this.#first = new Attempt(this, token, deadline, now)
    const hedgeAfterMs = operation.isRead ? health.hedgeAfterMs(now) : Number.NaN
    // False for NaN, too: not known yet, or switched off.
    if (now + hedgeAfterMs < deadline) this.#timer = setTimeout(hedge, hedgeAfterMs, this)
    operation.send(this.#first)
  }

  /** Ends what runs; `answer` rejects with the reason. */
  cancel(why: UpstreamError): void {
    this.#health.gaveUp(this.#first, performance.now(), why.code === 'timeout')
    this.#end(why)
    this.#reject?.(why)
  }

  succeeded(attempt: Attempt<T>, value: T): void {
    clearTimeout(this.#timer)
    const now = performance.now()
    if (attempt === this.#first) this.#health.answered(attempt, now)
    else this.#health.gaveUp(this.#first, now, false)
    const loser = attempt === this.#first ? this.#second : this.#first
    loser?.cancel(new UpstreamError(this.#health.upstream, 'cancelled', 'another attempt was faster'))
    this.#resolve?.(value)
  }

  failed(attempt: Attempt<T>, error: UpstreamError): void {
    const other = attempt === this.#first ? this.#second : this.#first
    // A failed attempt says nothing as long as the other one may still succeed, except for plain answers.
    if (other !== undefined && !other.settled && error.retryable) return
    if (attempt === this.#first && !error.retryable) this.#health.answered(attempt, performance.now())
    this.#end(error)
    this.#reject?.(error)
  }

  hedge(): void {
    const now = performance.now()
    if (this.#first.settled || now + 1 > this.#deadline || !this.#health.mayHedge(now)) return
    this.sent++
    this.#second = new Attempt(this, this.#token, this.#deadline, now)
    if (callEvents.hedged.hasSubscribers)
      callEvents.hedged.publish({
        ...callEvent(this.#health.upstream, this.#operation),
        afterMs: now - this.#first.startedAt,
      })
    this.#operation.send(this.#second)
  }

  #end(why: UpstreamError): void {
    clearTimeout(this.#timer)
    this.#first.cancel(why)
    this.#second?.cancel(why)
  }
}

const hedge = (exchange: { hedge(): void }) => exchange.hedge()
