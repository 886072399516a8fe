import { noteArrival } from './arrival.ts'

/** Requests are deferred for at most this many milliseconds while connections are being accepted. */
const ACCEPT_MS = 20
/** Deferred requests are handled for this many milliseconds before the event loop may accept and read again. */
const SLICE_MS = 10

/**
 * Records when a request arrived, even if a busy process reads it late; under overload that wait is most of a
 * request's latency.
 *
 * - All requests that were readable when the event loop polled its sockets count as arrived at that instant, not when
 *   the work for the requests before them was done.
 * - libuv accepts one connection per loop iteration. If each iteration also handled a request, new connections would
 *   wait unseen in the kernel's backlog. So work is deferred briefly while connections are being accepted.
 */
export function admission() {
  let turnBeganAt: number | undefined
  let hasAccepted = false
  let waiting: (() => void)[] = []
  let waitingSince = 0

  /** Runs once per event loop iteration, after every readable socket has been read. */
  function endTurn(): void {
    const accepting = hasAccepted && performance.now() - waitingSince < ACCEPT_MS
    hasAccepted = false
    turnBeganAt = undefined
    if (waiting.length > 0 && !accepting) work()
    if (waiting.length > 0) beginTurn()
  }

  function work(): void {
    const sliceEndsAt = performance.now() + SLICE_MS
    let done = 0
    for (const handle of waiting) {
      handle()
      done++
      if (performance.now() >= sliceEndsAt) break
    }
    waiting = waiting.slice(done)
    waitingSince = performance.now()
  }

  function beginTurn(): number {
    if (turnBeganAt === undefined) {
      turnBeganAt = performance.now()
      setImmediate(endTurn)
    }
    return turnBeganAt
  }

  return {
    /** Called for each accepted connection. */
    accepted(): void {
      beginTurn()
      hasAccepted = true
    },
    /** Records the arrival of a request and handles it, now or after a short delay. */
    admit(incoming: object, handle: () => void): void {
      const now = beginTurn()
      noteArrival(incoming, now)
      if (waiting.length === 0) waitingSince = now
      if (hasAccepted || waiting.length > 0) waiting.push(handle)
      else handle()
    },
  }
}
