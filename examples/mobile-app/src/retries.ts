import { problemOf } from './problem.ts'
import type { Send, SendInit } from './send.ts'

export type Patience = {
  /** Tries in all. */
  tries?: number
  /** The wait before the second try, at most, in milliseconds; it doubles from try to try. */
  firstMs?: number
  /** The longest wait; a longer `Retry-After` ends the retries. */
  longestMs?: number
  /** Whether there is a network at all: without one there are no retries. */
  online?: () => boolean
  sleep?: (ms: number) => Promise<void>
  random?: () => number
}

const DEFAULTS = {
  tries: 3,
  firstMs: 300,
  longestMs: 10_000,
  online: () => true,
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
}

/**
 * Retries what the server calls `retryable` and what got no answer, a few times: not before its `Retry-After`, with
 * full jitter after that. A write is retried only under an `Idempotency-Key`.
 */
export function withRetries(send: Send, patience: Patience = {}): Send {
  const { tries, firstMs, longestMs, online, sleep, random } = { ...DEFAULTS, ...patience }
  const jitter = (attempt: number) => random() * Math.min(longestMs, firstMs * 2 ** (attempt - 1))

  return async (url, init) => {
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt >= tries || !isRepeatable(init) || !online()
      let leastMs = 0
      try {
        const answer = await send(url, init)
        if (isLast || !(await problemOf(answer))?.retryable) return answer
        leastMs = retryAfterMs(answer)
        if (leastMs > longestMs) return answer
      } catch (error) {
        if (isLast) throw error
      }
      await sleep(leastMs + jitter(attempt))
    }
  }
}

const isRepeatable = ({ method, headers }: SendInit): boolean =>
  method === 'GET' || method === 'HEAD' || headers.has('idempotency-key')

/** Seconds, or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMs({ headers }: Response): number {
  const given = headers.get('retry-after')
  if (given === null) return 0
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}
