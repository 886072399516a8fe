/** A message as it was sent. */
export type Sent = { readonly datagram: Buffer; readonly messageId: number }

type Options = {
  first: Sent
  /** What to send after it: the same again or, once the state has changed, a new message. */
  next: (previous: Sent) => Sent
  send: (datagram: Buffer) => void
  /** All attempts are over. */
  expired: () => void
}

/** RFC 7252 §4.8. */
const ACK_TIMEOUT_MS = 2_000
const ACK_RANDOM_FACTOR = 1.5
const MAX_RETRANSMIT = 4

/** A confirmable message under way. */
export type Confirmation = ReturnType<typeof startConfirmation>

/**
 * Sends a confirmable message, and again after 2 to 3 s, each time waiting twice as long, five times in all.
 * A newer state takes the place of a retransmission and continues its count (RFC 7641 §4.5.2).
 */
export function startConfirmation({ first, next, send, expired }: Options) {
  let timeoutMs = ACK_TIMEOUT_MS * (1 + Math.random() * (ACK_RANDOM_FACTOR - 1))
  let retransmissions = 0
  const startedAt = performance.now()
  let sent = first
  let timer = setTimeout(retransmit, timeoutMs)
  send(sent.datagram)

  return {
    get messageId() {
      return sent.messageId
    },
    /** Milliseconds since it was sent; none after a retransmission, whose answer may be to either (RFC 6298 §3). */
    get rttMs() {
      return retransmissions === 0 ? performance.now() - startedAt : undefined
    },
    /** Acknowledged, reset, or no longer wanted. */
    end: () => clearTimeout(timer),
  }

  function retransmit() {
    if (retransmissions++ === MAX_RETRANSMIT) return expired()
    timeoutMs *= 2
    timer = setTimeout(retransmit, timeoutMs)
    sent = next(sent)
    send(sent.datagram)
  }
}
