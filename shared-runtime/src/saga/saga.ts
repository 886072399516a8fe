import type { z } from 'zod'

/** What a step may use. */
export type Work<State, Tools> = {
  /** What the saga was asked for, and what the steps before have learnt. */
  state: State
  tools: Tools
  /** The same at every try of this step: for the upstream's idempotency. */
  key: string
}

/**
 * One step of a saga. Both functions may run more than once, also after they have succeeded: a process may die
 * before it has noted that. Under one key their effect has to come once.
 */
export type Step<State, Tools> = {
  readonly name: string
  /**
   * Gives what it has learnt, to be kept with the state.
   * @throws {Refusal} when it is certain that it has had no effect and never will; anything else is an unknown outcome
   */
  run(work: Work<State, Tools>): Promise<Partial<State>>
  /** Takes it back. None: there is nothing to take back. */
  undo?(work: Work<State, Tools>): Promise<void>
}

/**
 * Steps that happen all or, as seen from afterwards, not at all. Those before the pivot can be taken back, those
 * after it are repeated until they succeed (in the words of the field: compensatable, pivot and retriable).
 */
export type Saga<State, Tools> = {
  readonly name: string
  /** What is kept in the journal, and parsed when it is read. */
  readonly state: z.ZodType<State>
  readonly steps: readonly Step<State, Tools>[]
  /** The step that decides: before it all is taken back on a refusal, from its first try on nothing is. */
  readonly pivot: string
  /** Milliseconds after which a saga that has not come to its pivot is taken back: nobody waits for it any more. */
  readonly forwardForMs: number
}

/** A step has refused for good, or the saga was taken back. */
export class Refusal extends Error {
  override name = 'Refusal'
  /** Stable, for machines: `PAYMENT_DECLINED`. */
  readonly reason: string
  /** For people; may leave the process. */
  readonly detail: string | undefined

  constructor(reason: string, detail?: string, options?: ErrorOptions) {
    super(detail ?? reason, options)
    this.reason = reason
    this.detail = detail
  }
}

/** The reason of a saga that was taken back because it took too long. */
export const TOOK_TOO_LONG = 'TOOK_TOO_LONG'
