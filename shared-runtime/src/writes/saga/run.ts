import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../../log/log.ts'
import { type RequestContext, remainingMs } from '../../request/request-context.ts'
import { type SagaLeft, type SagaStep, writeEvents } from '../../telemetry/writes.ts'
import type { Lease, LeasedRecords } from '../leases/leased-records.ts'
import type { Journal, JournalCodec, RefusedAtOnce } from './journal.ts'
import { Refusal, type Saga, type Step, TOOK_TOO_LONG } from './saga.ts'

/** One worker on a saga, and its deadline. */
export type Worker<Tools> = {
  context: RequestContext
  tools: Tools
  /** Milliseconds without a write to the journal after which this worker counts as dead; longer than its deadline. */
  leaseMs: number
}

/** Shared by all runs of one saga. */
export type SagaSetup<State, Tools> = {
  saga: Saga<State, Tools>
  /** Index of the pivot among the steps. */
  pivot: number
  journals: LeasedRecords
  codec: JournalCodec<State>
  log: Pick<Log, 'info' | 'warn' | 'error'>
}

/** Backoff between attempts of a step with an unknown outcome, within the deadline. */
const RETRY_MS = 50
const RETRY_LIMIT_MS = 800
/** Backoff between recoveries of a saga that cannot continue; it is never given up. */
const LATER_MS = 500
const LATER_LIMIT_MS = 60_000
/** Number of failed recoveries after which they are logged as errors, because a person should look. */
const STUCK_AFTER = 10

/** Runs one saga under the lease of its journal. */
export class SagaRun<State, Tools> {
  /** Everything is done or undone, and the journal records it. */
  settled = false
  readonly #setup: SagaSetup<State, Tools>
  readonly #lease: Lease
  readonly #worker: Worker<Tools>
  #journal: Journal<State>
  #tries = 0

  constructor(setup: SagaSetup<State, Tools>, lease: Lease, journal: Journal<State>, worker: Worker<Tools>) {
    this.#setup = setup
    this.#lease = lease
    this.#journal = journal
    this.#worker = worker
  }

  /**
   * @param resumed another worker may have tried the next step
   * @throws {Refusal} when everything was undone; before the decision, the error that stopped it
   */
  async go(resumed: boolean): Promise<State> {
    try {
      await this.#forward(resumed)
      await this.#backward()
      await this.#setup.journals.settle(this.#lease, this.#setup.codec.write(this.#journal))
      this.settled = true
      this.#tellLeft(this.#journal.refusal ? 'undone' : 'done')
    } catch (error) {
      await this.#leave(error)
      if (this.#journal.done <= this.#setup.pivot) throw error
    }
    return outcomeOf(this.#journal)
  }

  async #forward(resumed: boolean): Promise<void> {
    const { saga, pivot } = this.#setup
    let uncertain = resumed
    while (this.#journal.direction === 'forward') {
      const { done, startedAt } = this.#journal
      const step = saga.steps[done]
      if (!step) return
      // biome-ignore lint/plugin: in the journal, which outlives the process
      const late = done <= pivot && Date.now() - startedAt > saga.forwardForMs
      // A step that may have been attempted is retried first: only then is it known which steps to undo.
      if (late && !uncertain) await this.#turnBack(LATE)
      else uncertain = !(await this.#advance(step))
    }
  }

  /** Runs the next step. @returns whether its outcome is known */
  async #advance(step: Step<State, Tools>): Promise<boolean> {
    const { saga, pivot } = this.#setup
    const { done, state } = this.#journal
    let learnt: Partial<State>
    try {
      learnt = await this.#work(step, 'run')
    } catch (error) {
      if (error instanceof Refusal && done <= pivot) {
        await this.#turnBack(error)
        return true
      }
      if (done > pivot || !(await this.#pause())) throw error
      return false
    }
    this.#journal = { ...this.#journal, done: done + 1, state: { ...state, ...learnt } }
    // After the last step the journal is settled, which writes it.
    if (done + 1 < saga.steps.length) await this.#save()
    return true
  }

  async #turnBack({ reason, detail }: Refusal): Promise<void> {
    this.#journal = { ...this.#journal, direction: 'backward', refusal: { reason, detail } }
    await this.#save()
  }

  async #backward(): Promise<void> {
    while (this.#journal.direction === 'backward') {
      const { done } = this.#journal
      const step = this.#setup.saga.steps[done - 1]
      if (!step) return
      try {
        await this.#work(step, 'undo')
      } catch (error) {
        if (await this.#pause()) continue
        throw error
      }
      this.#journal = { ...this.#journal, done: done - 1 }
      if (done > 1) await this.#save()
    }
  }

  async #work(step: Step<State, Tools>, what: 'run' | 'undo'): Promise<Partial<State>> {
    const startedAt = performance.now()
    const { state } = this.#journal
    const key = `${this.#lease.key}-${step.name}`
    try {
      const learnt = await step[what]?.({ state, tools: this.#worker.tools, key })
      this.#log('info', 'saga step', { step: step.name, what, outcome: 'done', ms: since(startedAt) })
      this.#tellStep(step.name, what, 'done', startedAt)
      return learnt ?? {}
    } catch (error) {
      const refused = error instanceof Refusal
      const outcome = refused ? error.reason : 'unknown'
      this.#tellStep(step.name, what, refused ? 'refused' : 'unknown', startedAt)
      this.#log(refused ? 'info' : 'warn', 'saga step', {
        step: step.name,
        what,
        outcome,
        ms: since(startedAt),
        err: refused ? error.cause : error,
      })
      throw error
    }
  }

  async #save(): Promise<void> {
    const { journals, codec } = this.#setup
    await journals.write(this.#lease, codec.write(this.#journal), this.#worker.leaseMs)
    this.#tries = 0
  }

  /** Waits before the next attempt. @returns `false` when there is no time for one */
  async #pause(): Promise<boolean> {
    const { deadline, signal } = this.#worker.context
    const ms = backoff(RETRY_MS, RETRY_LIMIT_MS, this.#tries++)
    if (signal.aborted || remainingMs(deadline) < ms + RETRY_MS) return false
    await pause(ms)
    return !signal.aborted
  }

  /** Releases the saga: a repetition of the request, or recovery, continues it. */
  async #leave(why: unknown): Promise<void> {
    const { journals, codec } = this.#setup
    const failures = this.#journal.failures + 1
    this.#journal = { ...this.#journal, failures }
    this.#log(failures < STUCK_AFTER ? 'warn' : 'error', 'saga postponed', { failures, err: why })
    this.#tellLeft('postponed')
    const dueAfterMs = backoff(LATER_MS, LATER_LIMIT_MS, failures - 1)
    await journals
      .release(this.#lease, codec.write(this.#journal), dueAfterMs)
      // Then the lease expires by itself.
      .catch((error: unknown) => this.#log('warn', 'saga not released', { err: error }))
  }

  #tellStep(step: string, what: SagaStep['what'], outcome: SagaStep['outcome'], startedAt: number): void {
    if (!writeEvents.step.hasSubscribers) return
    const { traceId } = this.#worker.context.trace
    const ms = performance.now() - startedAt
    writeEvents.step.publish({ saga: this.#setup.saga.name, step, what, outcome, ms, traceId })
  }

  #tellLeft(outcome: SagaLeft['outcome']): void {
    if (writeEvents.left.hasSubscribers)
      writeEvents.left.publish({ saga: this.#setup.saga.name, outcome, failures: this.#journal.failures })
  }

  #log(level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>): void {
    const { traceId } = this.#worker.context.trace
    this.#setup.log[level]({ saga: this.#setup.saga.name, id: this.#lease.key, traceId, ...fields }, message)
  }
}

/** The outcome of a decided saga. @throws {Refusal} */
export function outcomeOf<State>(journal: Journal<State> | RefusedAtOnce): State {
  const { refusal } = journal
  if (refusal) throw new Refusal(refusal.reason, refusal.detail)
  return (journal as Journal<State>).state
}

const LATE = new Refusal(TOOK_TOO_LONG, 'It took too long and was undone. Try again with a new key.')

const since = (startedAt: number): number => Math.round(performance.now() - startedAt)

const backoff = (firstMs: number, limitMs: number, tries: number): number =>
  Math.min(firstMs * 2 ** Math.min(tries, 16), limitMs) * (0.5 + Math.random() / 2)
