import { noteArrival } from './arrival.ts'

/** Requests are put off at most this long while connections are accepted, in milliseconds. */
const ACCEPT_MS = 20
/** Requests that were put off are handled for this long before the event loop may accept and read again. */
const SLICE_MS = 10

/**
 * Knows when requests arrived, although a busy process looks at them late; under overload that wait is most of a
 * request's time.
 *
 * - All requests that were ready on their sockets when the event loop looked arrived then, and not when the work
 *   for the others before them was done.
 * - libuv accepts one connection in each turn of the loop. With the work for a request in each turn, connections
 *   would wait in the kernel, unseen. So while connections are being accepted, work is put off for a moment.
 */
export function admission() {
  let turnBeganAt: number | undefined
  let hasAccepted = false
  let waiting: (() => void)[] = []
  let waitingSince = 0

  /** Once an iteration of the event loop, after every socket that was ready has been read. */
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
    /** A connection was accepted. */
    accepted(): void {
      beginTurn()
      hasAccepted = true
    },
    /** Notes the arrival of a request and has it handled, now or a moment later. */
    admit(incoming: object, handle: () => void): void {
      const now = beginTurn()
      noteArrival(incoming, now)
      if (waiting.length === 0) waitingSince = now
      if (hasAccepted || waiting.length > 0) waiting.push(handle)
      else handle()
    },
  }
}
