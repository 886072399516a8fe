import { ProblemError } from '../../errors/problems.ts'
import type { Log } from '../../log/log.ts'
import { traceparent } from '../../request/trace.ts'
import { type Lease, type LeasedRecords, LeaseLostError } from '../leases/leased-records.ts'
import { type Journal, journalCodec, NOT_BEGUN } from './journal.ts'
import { outcomeOf, SagaRun, type SagaSetup, type Worker } from './run.ts'
import { Refusal, type Saga } from './saga.ts'

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
   * @param begin creates the initial state; not called when the saga has started already. Its refusal is the outcome of
   *   the saga; after any other error the id is as if it had never been used
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

  /**
   * Creates the first journal under the lease. A process that stalls in `begin` until its lease is lost must not start
   * the saga later: a repetition may have been told in the meantime that nothing was done. For the same reason a
   * refusal is stored: an attempt that was delayed before its claim gets it, too.
   */
  async function start(lease: Lease, worker: Worker<Tools>, begin: () => Promise<State>) {
    let state: State
    try {
      state = await begin()
    } catch (error) {
      if (error instanceof Refusal)
        await journals.settle(lease, codec.write({ refusal: { reason: error.reason, detail: error.detail } }))
      else
        await journals
          .forget(lease)
          // Then the lease expires by itself, and recovery deletes the record.
          .catch((err: unknown) => log.warn({ saga: saga.name, id: lease.key, err }, 'saga not forgotten'))
      throw error
    }
    const first: Journal<State> = {
      // biome-ignore lint/plugin: in the journal, which outlives the process
      startedAt: Date.now(),
      traceparent: traceparent(worker.context.trace),
      direction: 'forward',
      done: 0,
      failures: 0,
      state,
    }
    await journals.write(lease, codec.write(first), worker.leaseMs)
    return first
  }

  async function work(
    lease: Lease,
    known: Journal<State> | undefined,
    worker: Worker<Tools>,
    begin: () => Promise<State>,
  ) {
    const journal = known ?? (await start(lease, worker, begin))
    return new SagaRun(setup, lease, journal, worker).go(known !== undefined)
  }

  return {
    async run(id, worker, begin) {
      const claim = await journals.claim(id, worker.leaseMs, NOT_BEGUN)
      if (claim.state === 'absent') throw new TypeError('a record with a first value is never absent')
      const stored = codec.read(claim.value)
      if (claim.state === 'settled' && stored) return outcomeOf(stored)
      const journal = stored && 'state' in stored ? stored : undefined
      if (claim.state === 'claimed') return work(claim.lease, journal, worker, begin).catch(asInProgress)
      // Another worker is past the decision: its last steps need not be awaited.
      if (journal && journal.done > pivot) return journal.state
      throw inProgress()
    },

    async recover(id, leaseMs, workerFor) {
      const claim = await journals.claim(id, leaseMs)
      if (claim.state !== 'claimed') return claim.state === 'settled'
      const journal = codec.read(claim.value)
      if (!journal || !('state' in journal)) {
        await journals.forget(claim.lease)
        return true
      }
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
