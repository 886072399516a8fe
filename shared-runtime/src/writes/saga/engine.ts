import { ProblemError } from '../../errors/problems.ts'
import type { Log } from '../../log/log.ts'
import { traceparent } from '../../request/trace.ts'
import { type LeasedRecords, LeaseLostError } from '../leases/leased-records.ts'
import { type Journal, journalCodec } from './journal.ts'
import { outcomeOf, SagaRun, type SagaSetup, type Worker } from './run.ts'
import type { Saga } from './saga.ts'

type Options<State, Tools> = {
  saga: Saga<State, Tools>
  /** Opened with `recovered: true`: a record that a process leaves open has no expiry. */
  journals: LeasedRecords
  log: Pick<Log, 'info' | 'warn' | 'error'>
}

export type SagaEngine<State, Tools> = {
  /**
   * Runs a saga, or continues the one with this id, until it is decided. Failing steps after the pivot are left to
   * recovery.
   *
   * @param begin creates the initial state; not called when the saga has started already
   * @throws {Refusal} when it was refused and everything was undone
   * @throws {ProblemError} `IN_PROGRESS` while another worker holds it
   * @throws the error of the step whose outcome is unknown; recovery continues
   */
  run(id: string, worker: Worker<Tools>, begin: () => Promise<State>): Promise<State>
  /**
   * Continues a saga that was left open.
   * @param workerFor creates the worker, in the trace of the request that started the saga
   * @returns whether the saga is settled now
   */
  recover(
    id: string,
    leaseMs: number,
    workerFor: (traceparent: string) => Omit<Worker<Tools>, 'leaseMs'>,
  ): Promise<boolean>
  /** Ids of sagas that were left open, longest waiting first. */
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
  const setup: SagaSetup<State, Tools> = { saga, pivot, journals, codec, log }

  return {
    async run(id, worker, begin) {
      let claim = await journals.claim(id, worker.leaseMs)
      if (claim.state === 'absent') {
        const first: Journal<State> = {
          // biome-ignore lint/plugin: in the journal, which outlives the process
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
        return new SagaRun(setup, claim.lease, journal, worker).go(!claim.isNew).catch(asInProgress)
      // Another worker is past the decision: its last steps need not be awaited.
      if (journal.done > pivot) return journal.state
      throw inProgress()
    },

    async recover(id, leaseMs, workerFor) {
      const claim = await journals.claim(id, leaseMs)
      if (claim.state !== 'claimed') return claim.state === 'settled'
      const journal = codec.read(claim.value)
      const worker = { ...workerFor(journal.traceparent), leaseMs }
      const run = new SagaRun(setup, claim.lease, journal, worker)
      // The cause was logged, and a refusal is no error here.
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
