import type { z } from 'zod'

/** Input of a step. */
export type Work<State, Tools> = {
  /** The initial state and the results of the steps so far. */
  state: State
  tools: Tools
  /** Idempotency key for the upstream: the same at every try of this step. */
  key: string
}

/**
 * One step of a saga. Both functions may run more than once, also after they have succeeded: a process may die before
 * it has written that. Under one key they must have one effect.
 */
export type Step<State, Tools> = {
  readonly name: string
  /**
   * @returns what is added to the state
   * @throws {Refusal} when it has had no effect and never will; any other error is an unknown outcome
   */
  run(work: Work<State, Tools>): Promise<Partial<State>>
  /** Undoes it; absent when there is nothing to undo. */
  undo?(work: Work<State, Tools>): Promise<void>
}

/**
 * All steps happen or, once the saga is over, none has: those before the pivot are compensatable, those after it
 * are retried until they succeed.
 */
export type Saga<State, Tools> = {
  readonly name: string
  /** Schema of the state in the journal. */
  readonly state: z.ZodType<State>
  readonly steps: readonly Step<State, Tools>[]
  /** The step that decides: a refusal up to it undoes everything; once it is done nothing is undone. */
  readonly pivot: string
  /** Milliseconds after which a saga that has not reached its pivot is undone: nobody waits for it any more. */
  readonly forwardForMs: number
}

/** A step has refused for good, or the saga was undone. */
export class Refusal extends Error {
  override name = 'Refusal'
  /** Stable, for machines: `PAYMENT_DECLINED`. */
  readonly reason: string
  /** For people; may be sent to a consumer. */
  readonly detail: string | undefined

  constructor(reason: string, detail?: string, options?: ErrorOptions) {
    super(detail ?? reason, options)
    this.reason = reason
    this.detail = detail
  }
}

/** The reason of a saga that was undone because it took too long. */
export const TOOK_TOO_LONG = 'TOOK_TOO_LONG'
