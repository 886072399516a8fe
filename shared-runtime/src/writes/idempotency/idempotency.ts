import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ProblemError } from '../../errors/problems.ts'
import type { Log } from '../../log/log.ts'
import { type WriteEnded, writeEvents } from '../../telemetry/writes.ts'
import type { LeasedRecords } from '../leases/leased-records.ts'
import { NoEffectError } from './no-effect.ts'

/** Milliseconds for which a key is stored: an app that was offline overnight can still repeat its write. */
export const KEPT_MS = 24 * 3_600_000

/** An answer as it is replayed. */
export const KeptAnswer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
})
export type KeptAnswer = z.infer<typeof KeptAnswer>

/** A write of a user under a key. */
export type GuardedWrite = {
  /** Keys are separate for each user and route. */
  user: string
  route: string
  /** `Idempotency-Key` as the user chose it. */
  key: string
  /** Parameters and body in a canonical form: the key stands for this request alone. */
  request: string
  /** Milliseconds after which a process that has not finished it counts as dead. */
  leaseMs: number
}

/** One try at a write. */
export type WriteAttempt = {
  /**
   * 43 characters, the same at every try of this write and for no other; idempotency keys for upstreams are derived
   * from it. A hash: it does not reveal the user.
   */
  id: string
}

const WriteRecord = z.object({ fingerprint: z.string(), answer: KeptAnswer.optional() })

export type Idempotency = ReturnType<typeof createIdempotency>

/**
 * Executes a write once for its key, as in draft-ietf-httpapi-idempotency-key-header-07, section 2.
 *
 * - The first request with a key does the work; its answer is stored and replayed to later ones.
 * - While it runs, others are refused. When its process dies, or it fails with an unknown outcome, the next request
 *   does the work again: `work` must be safe to repeat, with upstream keys derived from `attempt.id`.
 * - A `NoEffectError` deletes the record: the key is free again, also for another body.
 * - When the store is not available, nothing is done.
 *
 * A record holds a fingerprint of the request, and the answer; the store seals it.
 */
export function createIdempotency(records: LeasedRecords, log: Pick<Log, 'warn'>) {
  return {
    /**
     * @throws {ProblemError} `IDEMPOTENCY_KEY_REUSED` for another request under the key, `IN_PROGRESS` while one runs
     * @throws {UpstreamError} `unavailable` when the store cannot be reached; the cause of a `NoEffectError`;
     *   other errors of `work`
     */
    async once(
      { user, route, key, request, leaseMs }: GuardedWrite,
      work: (attempt: WriteAttempt) => Promise<KeptAnswer>,
    ): Promise<{ answer: KeptAnswer; replayed: boolean }> {
      const recordKey = hash([user, route, key])
      const fingerprint = hash([request])
      const open = JSON.stringify({ fingerprint })
      const claim = await records.claim(recordKey, leaseMs, open)
      if (claim.state === 'absent') throw new TypeError('a record with a first value is never absent')

      const kept = WriteRecord.parse(JSON.parse(claim.value))
      if (kept.fingerprint !== fingerprint) {
        if (claim.state === 'claimed') await records.release(claim.lease, claim.value, 0)
        tell(route, 'key-reused')
        throw new ProblemError('IDEMPOTENCY_KEY_REUSED', 'Use a new key for another request.')
      }
      if (kept.answer) {
        tell(route, 'replayed')
        return { answer: kept.answer, replayed: true }
      }
      if (claim.state !== 'claimed') {
        tell(route, 'in-progress')
        throw new ProblemError('IN_PROGRESS', undefined, { retryAfterS: 1 })
      }

      const { lease, isNew } = claim
      let answer: KeptAnswer
      try {
        answer = await work({ id: hash([user, route, key, request]) })
      } catch (error) {
        // An earlier try may have had an effect, even if this one had none.
        const traceless = error instanceof NoEffectError && isNew
        await (traceless ? records.forget(lease) : records.release(lease, open, 0)).catch(notKept)
        tell(route, traceless ? 'no-effect' : 'unknown')
        throw error instanceof NoEffectError ? error.cause : error
      }
      // The write has happened: it is answered even when the answer cannot be stored, and a repetition is safe.
      await records.settle(lease, JSON.stringify({ fingerprint, answer })).catch(notKept)
      tell(route, 'done')
      return { answer, replayed: false }
    },
  }

  function notKept(error: unknown): void {
    log.warn({ err: error }, 'idempotency record not updated')
  }
}

function tell(name: string, outcome: WriteEnded['outcome']): void {
  if (writeEvents.ended.hasSubscribers) writeEvents.ended.publish({ name, outcome })
}

/** Of a JSON list, so that two lists never hash the same by concatenation. */
const hash = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
