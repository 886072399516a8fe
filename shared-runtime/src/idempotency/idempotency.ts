import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { LeasedRecords } from '../leased-records/leased-records.ts'
import type { Log } from '../log.ts'
import { ProblemError } from '../problems.ts'
import { NoEffectError } from './no-effect.ts'

/** How long a key is remembered: an app that was offline overnight can still ask what became of its write. */
export const KEPT_MS = 24 * 3_600_000

/** An answer as it is given again. */
export const KeptAnswer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
})
export type KeptAnswer = z.infer<typeof KeptAnswer>

/** A write that a user asks for under a key. */
export type GuardedWrite = {
  /** Keys of different users and routes have nothing to do with each other. */
  user: string
  route: string
  /** `Idempotency-Key` as the user chose it. */
  key: string
  /** All that makes it another request when it differs: parameters and body, written the same way each time. */
  request: string
  /** Milliseconds after which a process that has not finished it counts as dead. */
  leaseMs: number
}

/** One try at a write. */
export type Attempt = {
  /**
   * 43 characters, the same at every try of this write and for no other: keys for the upstreams are made of it.
   * Says nothing about the user.
   */
  id: string
}

const Kept = z.object({ fingerprint: z.string(), answer: KeptAnswer.optional() })

export type Idempotency = ReturnType<typeof createIdempotency>

/**
 * Lets a write happen once for its key, as in draft-ietf-httpapi-idempotency-key-header-07, section 2.
 *
 * - The first with a key does the work; its answer is kept and given to all who come later.
 * - While it runs the others are refused. When its process dies, or it fails with an unknown outcome, the next one
 *   takes over: `work` has to be safe to do again, with keys for its upstreams that are made of `attempt.id`.
 * - What fails with a `NoEffectError` leaves no trace: the key is free, for another body, too.
 * - Without its store nothing is done.
 *
 * Kept are a fingerprint of the request and the answer, in records that the store seals.
 */
export function createIdempotency(records: LeasedRecords, log: Pick<Log, 'warn'>) {
  return {
    /**
     * @throws {ProblemError} `IDEMPOTENCY_KEY_REUSED` for another request under the key, `IN_PROGRESS` while one runs
     * @throws {UpstreamError} `unavailable` when the store cannot be reached; the cause of a `NoEffectError`; what
     *   `work` throws else
     */
    async once(
      { user, route, key, request, leaseMs }: GuardedWrite,
      work: (attempt: Attempt) => Promise<KeptAnswer>,
    ): Promise<{ answer: KeptAnswer; replayed: boolean }> {
      const recordKey = hash([user, route, key])
      const fingerprint = hash([request])
      const open = JSON.stringify({ fingerprint })
      const claim = await records.claim(recordKey, leaseMs, open)
      if (claim.state === 'absent') throw new TypeError('a record with a first value is never absent')

      const kept = Kept.parse(JSON.parse(claim.value))
      if (kept.fingerprint !== fingerprint) {
        if (claim.state === 'claimed') await records.release(claim.lease, claim.value, 0)
        throw new ProblemError('IDEMPOTENCY_KEY_REUSED', 'Use a new key for another request.')
      }
      if (kept.answer) return { answer: kept.answer, replayed: true }
      if (claim.state !== 'claimed') throw new ProblemError('IN_PROGRESS', undefined, { retryAfterS: 1 })

      const { lease, isNew } = claim
      let answer: KeptAnswer
      try {
        answer = await work({ id: hash([user, route, key, request]) })
      } catch (error) {
        // An earlier try may have had an effect, whatever became of this one.
        const traceless = error instanceof NoEffectError && isNew
        await (traceless ? records.forget(lease) : records.release(lease, open, 0)).catch(notKept)
        throw error instanceof NoEffectError ? error.cause : error
      }
      // The write has happened: its user is told so even when that cannot be kept, and a repetition finds it again.
      await records.settle(lease, JSON.stringify({ fingerprint, answer })).catch(notKept)
      return { answer, replayed: false }
    },
  }

  function notKept(error: unknown): void {
    log.warn({ err: error }, 'the end of a write could not be kept')
  }
}

/** Of a list, so that no two lists look the same when they are put together. */
const hash = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
