import { z } from 'zod'

/** How far a saga has come. Written after every step, so that whoever finds it knows where to go on. */
export type Journal<State> = {
  /** Milliseconds since 1970. */
  startedAt: number
  /** The trace in which it was asked for: whoever goes on logs under it. */
  traceparent: string
  direction: 'forward' | 'backward'
  /** Steps that are done and not taken back. The next one may have been tried: nobody knows. */
  done: number
  /** Times that it was left for later. */
  failures: number
  state: State
  refusal?: { reason: string; detail?: string | undefined } | undefined
}

export type JournalCodec<State> = {
  write(journal: Journal<State>): string
  /** @throws for a text that is no journal of this kind */
  read(text: string): Journal<State>
}

/** Journals as text and back. */
export function journalCodec<State>(state: z.ZodType<State>): JournalCodec<State> {
  const schema: z.ZodType<Journal<State>> = z.object({
    startedAt: z.number(),
    traceparent: z.string(),
    direction: z.enum(['forward', 'backward']),
    done: z.int().nonnegative(),
    failures: z.int().nonnegative(),
    state,
    refusal: z.object({ reason: z.string(), detail: z.string().optional() }).optional(),
  })
  return {
    write: (journal) => JSON.stringify(journal),
    read: (text) => schema.parse(JSON.parse(text)),
  }
}
