import { typedChannel } from './channel.ts'

/** A write under an idempotency key ended. `unknown`: it failed, and may have had an effect. */
export type WriteEnded = {
  /** The name of its action. */
  readonly name: string
  readonly outcome: 'done' | 'replayed' | 'key-reused' | 'in-progress' | 'no-effect' | 'unknown'
}

/** A step of a saga ended, or its undoing. */
export type SagaStep = {
  readonly saga: string
  readonly step: string
  readonly what: 'run' | 'undo'
  readonly outcome: 'done' | 'refused' | 'unknown'
  readonly ms: number
  readonly traceId: string
}

/** A worker left a saga: settled, or `postponed` for the next worker, after so many failures in a row. */
export type SagaLeft = {
  readonly saga: string
  readonly outcome: 'done' | 'undone' | 'postponed'
  readonly failures: number
}

export const writeEvents = {
  ended: typedChannel<WriteEnded>('harbor.write.ended'),
  step: typedChannel<SagaStep>('harbor.saga.step'),
  left: typedChannel<SagaLeft>('harbor.saga.left'),
}
