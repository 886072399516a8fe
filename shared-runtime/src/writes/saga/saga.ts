import type { z } from 'zod'

/** Input of a step. */
type Work<State, Tools> = {
  /** The initial state and the results of the steps so far. */
  state: State
  tools: Tools
  /** Idempotency key for the upstream: the same at every attempt of this step. */
  key: string
}

/**
 * One step of a saga. Both functions may run more than once, even after they have succeeded: a process may die before
 * it has recorded the success. With the same key they must take effect once.
 */
export type Step<State, Tools> = {
  readonly name: string
  /**
   * @returns additions to the state
   * @throws {Refusal} when it had no effect and never will; any other error is an unknown outcome
   */
  run(work: Work<State, Tools>): Promise<Partial<State>>
  /** Undoes the step; absent when there is nothing to undo. */
  undo?(work: Work<State, Tools>): Promise<void>
}

/**
 * Either all steps happen, or none remains in effect once the saga is over: steps before the pivot are compensatable,
 * steps after it are retried until they succeed.
 */
export type Saga<State, Tools> = {
  readonly name: string
  /** Schema of the state in the journal. */
  readonly state: z.ZodType<State>
  readonly steps: readonly Step<State, Tools>[]
  /** The deciding step: a refusal up to it undoes everything; once it is done nothing is undone. */
  readonly pivot: string
  /** Milliseconds after which a saga that has not reached its pivot is undone, because its consumer has given up. */
  readonly forwardForMs: number
}

/** A step has refused permanently, or the saga was undone. */
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
