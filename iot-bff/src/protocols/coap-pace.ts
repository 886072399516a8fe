/** For a peer whose round-trip time is not known (RFC 7641 §4.5.1). */
export const UNKNOWN_RTT_MS = 3_000
/** Share of a new measurement in the estimate (RFC 6298). */
const NEW_SHARE = 1 / 8

/** What is known of a peer's pace: a part of the peer, as there are a hundred thousand of them. */
export type Paced<Waiting> = {
  rttMs: number
  /** Instant (of `performance.now()`) at which the next one may leave. */
  freeAt: number
  timer: NodeJS.Timeout | undefined
  /** Made when something waits: most peers never need it. */
  waiting: Set<Waiting> | undefined
}

/**
 * Lets one notification a round trip leave to a peer (RFC 7641 §4.5.1). What is due earlier waits, once for each
 * observer: it is sent with the state of that later time.
 */
export function createPace<Waiting>(send: (next: Waiting) => void) {
  return {
    /** Sends now, or as soon as a round trip has passed since the last one. */
    request(peer: Paced<Waiting>, next: Waiting): void {
      if (!peer.waiting?.size && performance.now() >= peer.freeAt) send(next)
      else {
        peer.waiting ??= new Set()
        peer.waiting.add(next)
        wait(peer)
      }
    },
    /** One was sent. */
    sent(peer: Paced<Waiting>): void {
      // Whole numbers are kept without an object of their own.
      peer.freeAt = Math.ceil(performance.now() + peer.rttMs)
    },
    /** The peer has answered the last one: a round trip is over, and took so long if it was sent once. */
    answered(peer: Paced<Waiting>, rttMs: number | undefined): void {
      if (rttMs !== undefined)
        peer.rttMs = Math.min(UNKNOWN_RTT_MS, peer.rttMs + (rttMs - peer.rttMs) * NEW_SHARE)
      peer.freeAt = 0
      clearTimeout(peer.timer)
      peer.timer = undefined
      sendNext(peer)
    },
  }

  function wait(peer: Paced<Waiting>): void {
    peer.timer ??= setTimeout(
      () => {
        peer.timer = undefined
        sendNext(peer)
      },
      Math.max(1, peer.freeAt - performance.now()),
    ).unref()
  }

  function sendNext(peer: Paced<Waiting>): void {
    const next = peer.waiting?.values().next().value
    if (next === undefined) return
    peer.waiting?.delete(next)
    send(next)
    if (peer.waiting?.size) wait(peer)
  }
}
