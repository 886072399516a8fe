import { z } from 'zod'

/** Progress of a saga. Written after every step, so that another worker can continue it. */
export type Journal<State> = {
  /** Milliseconds since 1970. */
  startedAt: number
  /** The trace of the request that started the saga; later workers log under it, too. */
  traceparent: string
  direction: 'forward' | 'backward'
  /** Steps that are done and not undone. The next step may have been attempted. */
  done: number
  /** How often the saga was postponed. */
  failures: number
  state: State
  refusal?: RefusalText | undefined
}

/** The end of a saga that was refused before it had a state. */
export type RefusedAtOnce = { refusal: RefusalText }
type RefusalText = { reason: string; detail?: string | undefined }

export type JournalCodec<State> = {
  write(journal: Journal<State> | RefusedAtOnce): string
  /**
   * @returns nothing for `NOT_BEGUN`
   * @throws for text that is not a journal of this saga
   */
  read(text: string): Journal<State> | RefusedAtOnce | undefined
}

/**
 * Stored while the initial state is being created. Whoever holds this record has had no effect yet, and has none after
 * it has lost the lease.
 */
export const NOT_BEGUN = 'not begun'

/** Serialises and parses journals. */
export function journalCodec<State>(state: z.ZodType<State>): JournalCodec<State> {
  const refusal = z.object({ reason: z.string(), detail: z.string().optional() })
  const journal: z.ZodType<Journal<State>> = z.object({
    startedAt: z.number(),
    traceparent: z.string(),
    direction: z.enum(['forward', 'backward']),
    done: z.int().nonnegative(),
    failures: z.int().nonnegative(),
    state,
    refusal: refusal.optional(),
  })
  const schema = z.union([journal, z.strictObject({ refusal })])
  return {
    write: (journal) => JSON.stringify(journal),
    read: (text) => (text === NOT_BEGUN ? undefined : schema.parse(JSON.parse(text))),
  }
}
