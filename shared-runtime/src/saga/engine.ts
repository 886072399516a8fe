import { type LeasedRecords, LeaseLostError } from '../leased-records/leased-records.ts'
import type { Log } from '../log.ts'
import { ProblemError } from '../problems.ts'
import { traceparent } from '../trace.ts'
import { type Journal, journalCodec } from './journal.ts'
import { type Kind, outcomeOf, SagaRun, type Worker } from './run.ts'
import type { Saga } from './saga.ts'

type Options<State, Tools> = {
  saga: Saga<State, Tools>
  /** Of the kind that is recovered: what a process leaves open is kept until somebody comes back for it. */
  journals: LeasedRecords
  log: Pick<Log, 'info' | 'warn' | 'error'>
}

export type SagaEngine<State, Tools> = {
  /**
   * Runs a saga, or goes on with it under the same id, until it is decided. What is left to do after the pivot
   * then is left to recovery.
   *
   * @param begin gives the state to begin with; not called when the saga has begun before
   * @throws {Refusal} when it was refused, and everything has been taken back
   * @throws {ProblemError} `IN_PROGRESS` while somebody else is at it
   * @throws the error of the step whose outcome is not known; recovery goes on
   */
  run(id: string, worker: Worker<Tools>, begin: () => Promise<State>): Promise<State>
  /**
   * Goes on with a saga that was left open; gives whether that settled it.
   * @param workerFor who does it, in the trace in which it was begun
   */
  recover(
    id: string,
    leaseMs: number,
    workerFor: (traceparent: string) => Omit<Worker<Tools>, 'leaseMs'>,
  ): Promise<boolean>
  /** Ids of sagas that were left open, the longest waiting first. */
  due(limit: number): Promise<string[]>
}

/** Runs sagas of one kind, each step under a journal that outlives the process. */
export function createSagaEngine<State, Tools>({
  saga,
  journals,
  log,
}: Options<State, Tools>): SagaEngine<State, Tools> {
  const codec = journalCodec(saga.state)
  const pivot = saga.steps.findIndex(({ name }) => name === saga.pivot)
  if (pivot < 0) throw new TypeError(`${saga.name}: no step is called ${saga.pivot}`)
  const kind: Kind<State, Tools> = { saga, pivot, journals, codec, log }

  return {
    async run(id, worker, begin) {
      let claim = await journals.claim(id, worker.leaseMs)
      if (claim.state === 'absent') {
        const first: Journal<State> = {
          startedAt: Date.now(),
          traceparent: traceparent(worker.context.trace),
          direction: 'forward',
          done: 0,
          failures: 0,
          state: await begin(),
        }
        claim = await journals.claim(id, worker.leaseMs, codec.write(first))
      }
      if (claim.state === 'absent') throw new TypeError('a record with a first value is never absent')
      const journal = codec.read(claim.value)
      if (claim.state === 'settled') return outcomeOf(journal)
      if (claim.state === 'claimed')
        return new SagaRun(kind, claim.lease, journal, worker).go(!claim.isNew).catch(asInProgress)
      // Somebody is at what comes after the decision: that need not be waited for.
      if (journal.done > pivot) return journal.state
      throw inProgress()
    },

    async recover(id, leaseMs, workerFor) {
      const claim = await journals.claim(id, leaseMs)
      if (claim.state !== 'claimed') return claim.state === 'settled'
      const journal = codec.read(claim.value)
      const worker = { ...workerFor(journal.traceparent), leaseMs }
      const run = new SagaRun(kind, claim.lease, journal, worker)
      // Why it cannot go on was logged; that it was refused is no error here.
      await run.go(true).catch(() => {})
      return run.settled
    },

    due: (limit) => journals.due(limit),
  }
}

const inProgress = () => new ProblemError('IN_PROGRESS', undefined, { retryAfterS: 1 })

function asInProgress(error: unknown): never {
  throw error instanceof LeaseLostError ? inProgress() : error
}
