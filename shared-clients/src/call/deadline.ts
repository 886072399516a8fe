import { isTimeUp, UpstreamError } from '@harbor/shared-runtime/errors'
import { type RequestContext, remainingMs } from '@harbor/shared-runtime/request-context'

/** One caller of a call: until when it waits, and what ends its wait. */
export type Caller = Pick<Wait, 'deadline' | 'signal' | 'ended' | 'onEnd'>

/**
 * Makes a call for a caller and settles at the caller's deadline at the latest, whether or not the call obeys its signal.
 *
 * @param timeoutMs the call's own timeout, in milliseconds
 * @throws {UpstreamError} `timeout` at the deadline, `cancelled` when the request ended first
 */
export function withDeadline<T>(
  upstream: string,
  context: RequestContext,
  timeoutMs: number,
  call: (caller: Caller) => Promise<T>,
): Promise<T> {
  if (context.signal.aborted) return Promise.reject(cancelled(upstream, context.signal.reason))
  const ms = Math.min(timeoutMs, remainingMs(context.deadline))
  if (ms < 1)
    return Promise.reject(
      new UpstreamError(upstream, 'timeout', 'not called: the budget of the request is used up'),
    )
  return new Promise((resolve, reject) => {
    const wait = new Wait(upstream, ms, waitsOf(context), reject)
    call(wait).then(
      (value) => {
        if (wait.settle()) resolve(value)
      },
      (error: unknown) => {
        if (wait.settle()) reject(error)
      },
    )
  })
}

/** One caller who waits for one call. Every call makes one, so it is lean: no closures, no signal unless asked for. */
class Wait {
  /** Instant (of `performance.now()`) until which the caller waits: the end of the call's own timeout or of the request's time. */
  readonly deadline: number
  readonly #upstream: string
  readonly #waits: Waits
  readonly #reject: (error: UpstreamError) => void
  readonly #timer: NodeJS.Timeout
  #settled = false
  #ended: UpstreamError | undefined
  #controller: AbortController | undefined
  /** Called when the caller stops waiting: at the deadline, or earlier when the request ends. */
  onEnd: ((why: UpstreamError) => void) | undefined

  constructor(upstream: string, ms: number, waits: Waits, reject: (error: UpstreamError) => void) {
    this.deadline = performance.now() + ms
    this.#upstream = upstream
    this.#waits = waits
    this.#reject = reject
    this.#timer = setTimeout(atDeadline, ms, this, ms)
    waits.add(this)
  }

  /** Why the caller no longer waits; `undefined` while it does. */
  get ended(): UpstreamError | undefined {
    return this.#ended
  }

  /** Aborted at the deadline, or earlier when the request ends. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#ended) this.#controller.abort(this.#ended)
    }
    return this.#controller.signal
  }

  timeOut(ms: number): void {
    this.#end(new UpstreamError(this.#upstream, 'timeout', `no answer within ${Math.round(ms)} ms`))
  }

  /** The request has ended; at its deadline, or at this call's, that is a timeout like any other. */
  cancel(reason: unknown): void {
    const isLate = isTimeUp(reason) || performance.now() >= this.deadline - TIMER_MS
    this.#end(isLate ? timeUp(this.#upstream, reason) : cancelled(this.#upstream, reason))
  }

  #end(why: UpstreamError): void {
    if (!this.settle()) return
    this.#ended = why
    this.#reject(why)
    this.#controller?.abort(why)
    this.onEnd?.(why)
  }

  /** Lets go of timer and request; `false` when that was done before. */
  settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    clearTimeout(this.#timer)
    this.#waits.delete(this)
    return true
  }
}

const atDeadline = (wait: Wait, ms: number) => wait.timeOut(ms)

/** The waits of one request: one abort listener for all of them, and none while there are none. */
class Waits {
  readonly #signal: AbortSignal
  readonly #waiting = new Set<Wait>()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(wait: Wait): void {
    if (this.#waiting.size === 0) this.#signal.addEventListener('abort', this)
    this.#waiting.add(wait)
  }

  delete(wait: Wait): void {
    this.#waiting.delete(wait)
    if (this.#waiting.size === 0) this.#signal.removeEventListener('abort', this)
  }

  handleEvent(): void {
    for (const wait of [...this.#waiting]) wait.cancel(this.#signal.reason)
  }
}

const known = new WeakMap<RequestContext, Waits>()

function waitsOf(context: RequestContext): Waits {
  let waits = known.get(context)
  if (waits === undefined) known.set(context, (waits = new Waits(context.signal)))
  return waits
}

/** Timers for one instant fire up to this much apart, in any order. */
const TIMER_MS = 2

const timeUp = (upstream: string, cause: unknown) =>
  new UpstreamError(upstream, 'timeout', 'no answer by the deadline of those who waited for it', { cause })

const cancelled = (upstream: string, cause: unknown) =>
  new UpstreamError(upstream, 'cancelled', 'the request ended before the answer came', { cause })
