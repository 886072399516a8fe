import { UpstreamError } from '@harbor/shared-runtime/errors'

/** One message of a feed, as it came: what is in it is judged by `parseEvent`, in one place for all feeds. */
export type FeedItem =
  | {
      kind: 'event'
      /** Ordered, see `isAfter`. */
      id: string
      type: string
      /** JSON. */
      data: string
    }
  | {
      /** A sign of life. The first of a connection says that it is up: whatever happens from now on will come. */
      kind: 'alive'
      /** The id up to which everything has been sent, if the feed knows it. */
      id?: string
    }

/**
 * Where domain events come from. An adapter connects and reads, nothing more: when to connect again, what was
 * seen before and what an event means is up to `followEvents`.
 */
export type EventFeed = {
  /** For logs: `sse`, `redis`. */
  readonly name: string
  /**
   * One connection: what came after that id or, without one, what happens from now on; first of all an `alive`.
   * Ends or throws soon after `signal` is aborted and leaves nothing open.
   * @throws {UpstreamError} `conflict` when it cannot go on after that id without a gap; else `unavailable`
   */
  subscribe(options: { after: string | undefined; signal: AbortSignal }): AsyncIterable<FeedItem>
}

/** The events after an id are no longer held, or it is of another history: what was missed cannot be known. */
export const tooOld = (id: string, options?: ErrorOptions): UpstreamError =>
  new UpstreamError('events', 'conflict', `cannot go on after event ${id}`, options)

export const isTooOld = (error: unknown): boolean =>
  error instanceof UpstreamError && error.code === 'conflict'

/** A connection that could not be made, or was lost. */
export const unavailable = (message: string, options?: ErrorOptions): UpstreamError =>
  new UpstreamError('events', 'unavailable', message, options)
