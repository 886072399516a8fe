import { pause, waitMs } from '@harbor/shared-runtime/follow'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Reader } from './reader.ts'
import { endFrames, type Frame, stateFrame } from './wire.ts'

/** What reading the present state came to. */
export type Outcome =
  | {
      readonly kind: 'state'
      readonly json: string
      readonly tag: string
      /** Whether nothing is missing that may come back. */
      readonly isWhole: boolean
    }
  /** Nothing can be said now; it may work in a moment. */
  | { readonly kind: 'failed'; readonly problem: ProblemError }
  /** Nothing will be said any more: the session has ended, the role is gone, there is no such thing. */
  | { readonly kind: 'ended'; readonly problem: ProblemError; readonly json: string }

type Options = {
  /** A signal for each change. */
  changes: AsyncIterable<unknown>
  read: (signal: AbortSignal) => Promise<Outcome>
  /** The last event that was applied. */
  place: () => string | undefined
  /** Called once, when it has no reader any more. */
  onEnd: () => void
}

/** Changes that come faster than this are one: the first is read at once. */
const PACE_MS = 50
/** A state that is older is read again for a new reader: not all that it shows has events. */
const SETTLED_MS = 5_000
const WAITS = { firstMs: 250, longestMs: 5_000 }
/** The place of a state that was read before any event came. */
const BEGINNING = '0'

/** A state that readers of one selection share: read once a change, encoded once, however many they are. */
export class LiveState {
  readonly #options: Options
  readonly #changes: AsyncIterator<unknown>
  readonly #readers = new Set<Reader>()
  readonly #ending = new AbortController()
  readonly #first = Promise.withResolvers<void>()
  #frame: Frame | undefined
  #readAt = 0
  #isDue = false
  #isRunning = false

  constructor(options: Options) {
    this.#options = options
    this.#changes = options.changes[Symbol.asyncIterator]()
    this.#first.promise.catch(() => {}) // nobody may be waiting
    void this.#follow()
    this.readAgain()
  }

  /** Resolves once it has a state to show. @throws {ProblemError} when there is none */
  get begun(): Promise<void> {
    return this.#first.promise
  }

  get isOver(): boolean {
    return this.#ending.signal.aborted
  }

  join(reader: Reader): void {
    this.#readers.add(reader)
    if (!this.#frame) return
    reader.offer(this.#frame)
    if (performance.now() - this.#readAt > SETTLED_MS) this.readAgain()
  }

  leave(reader: Reader): void {
    if (this.#readers.delete(reader) && this.#readers.size === 0) this.#stop()
  }

  /** Something may have changed. */
  readAgain(): void {
    this.#isDue = true
    if (!this.#isRunning && !this.isOver) void this.#run()
  }

  /** Ends it for every reader. */
  end(last: Uint8Array): void {
    for (const reader of [...this.#readers]) reader.end(last)
    this.#stop()
  }

  async #follow(): Promise<void> {
    while (!(await this.#changes.next()).done) this.readAgain()
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    this.#isRunning = true
    let failures = 0
    while (this.#isDue && !signal.aborted) {
      this.#isDue = false
      const place = this.#options.place() ?? BEGINNING
      const outcome = await this.#options.read(signal)
      if (signal.aborted) break
      const isSettled = this.#take(outcome, place)
      // What cannot be read now is read again until it can.
      if (!isSettled) this.#isDue = true
      await pause(isSettled ? PACE_MS : PACE_MS + waitMs(failures++, WAITS), signal)
      if (isSettled) failures = 0
    }
    this.#isRunning = false
  }

  /** Whether the state is known now. */
  #take(outcome: Outcome, place: string): boolean {
    if (outcome.kind === 'ended') {
      this.#first.reject(outcome.problem)
      this.end(endFrames(outcome.json))
      return true
    }
    if (outcome.kind === 'failed') {
      this.#first.reject(outcome.problem)
      return false
    }
    const { json, tag, isWhole } = outcome
    // Parts that are missing for a moment do not replace what readers have.
    if (isWhole || !this.#frame) this.#show(stateFrame(json, tag, isWhole ? place : undefined))
    return isWhole
  }

  #show(frame: Frame): void {
    this.#readAt = performance.now()
    this.#frame = frame
    this.#first.resolve()
    for (const reader of this.#readers) reader.offer(frame)
  }

  #stop(): void {
    if (this.isOver) return
    this.#ending.abort()
    this.#first.reject(new ProblemError('OVERLOADED', 'Its last reader left, or the process is stopping.'))
    void this.#changes.return?.()
    this.#options.onEnd()
  }
}
