import { type Frame, HEARTBEAT } from './wire.ts'

/** A reader that takes nothing for this long is given up, with a margin below 30 s for the round that finds it. */
const STUCK_MS = 20_000
/** A sign of life after this much silence; with the round that sends it, less than 15 s. */
const QUIET_MS = 12_000

/**
 * One connection of a subscriber. It holds one state at most: a slow reader gets the newest one, and never one that it
 * has already.
 */
export class Reader {
  /** Server-sent events. */
  readonly stream: ReadableStream<Uint8Array>
  readonly #onEnd: () => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  /** The tag of the state that was sent last. */
  #has: string | undefined
  #pending: Frame | undefined
  /** Whether the connection takes more; since when it does not, or when something was sent last. */
  #ready = false
  #since = performance.now()
  #ended = false

  /** @param has the tag of the state that the reader came with */
  constructor(has: string | undefined, onEnd: () => void) {
    this.#has = has
    this.#onEnd = onEnd
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#pull(),
        cancel: () => this.#leave(),
      },
      { highWaterMark: 0 },
    )
  }

  /** The newest state. */
  offer(frame: Frame): void {
    this.#pending = frame.tag === this.#has ? undefined : frame
    if (this.#ready && this.#pending) this.#sendPending(this.#pending)
  }

  /** Sends a sign of life where it is due, and gives up a connection that takes nothing. */
  beat(now: number): void {
    const ms = now - this.#since
    if (this.#ready && ms >= QUIET_MS) this.#send(HEARTBEAT)
    else if (!this.#ready && ms >= STUCK_MS) this.#abandon()
  }

  /** Ends the stream; `last` is sent before, if anything is taken. */
  end(last: Uint8Array): void {
    if (this.#ended) return
    this.#controller?.enqueue(last)
    this.#controller?.close()
    this.#leave()
  }

  #abandon(): void {
    this.#controller?.error(new Error(`the reader took nothing for ${STUCK_MS} ms`))
    this.#leave()
  }

  #pull(): void {
    this.#ready = true
    this.#since = performance.now()
    if (this.#pending) this.#sendPending(this.#pending)
  }

  #sendPending(frame: Frame): void {
    this.#pending = undefined
    this.#has = frame.tag
    this.#send(frame.bytes)
  }

  #send(bytes: Uint8Array): void {
    this.#ready = false
    this.#since = performance.now()
    this.#controller?.enqueue(bytes)
  }

  #leave(): void {
    if (this.#ended) return
    this.#ended = true
    this.#pending = undefined
    this.#onEnd()
  }
}
