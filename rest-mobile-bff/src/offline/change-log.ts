import { randomBytes } from 'node:crypto'

/** A changed thing: a product by its id, or a price by its SKU. */
export type Changed = `product:${string}` | `price:${string}`

/**
 * A position in the log. `epoch` identifies one history without a gap: after possibly missed events a new one begins,
 * and all positions of the old one are invalid.
 */
export type Position = { readonly epoch: string; readonly at: number }

/** Changes after a position, in the order of the last change of each thing; `more`: the rest follows `position`. */
export type Changes = {
  readonly changed: readonly Changed[]
  readonly position: Position
  readonly more: boolean
}

/**
 * Which products and prices changed, and when last, but not how. Each thing is stored once, so the log is never longer
 * than the number of things that ever existed.
 */
export type ChangeLog = {
  /** Records the change of a thing (if it is one of ours), and the last processed event. */
  record(changed: Changed | undefined, eventId: string): Promise<void>
  /** Events may have been missed: starts a new epoch. */
  startOver(): Promise<void>
  /** The last processed event; `undefined` when unknown. */
  lastEvent(): Promise<string | undefined>
  /** The current position. */
  head(): Promise<Position>
  /** At most `limit` changes after a position; `undefined` when the position is invalid. */
  since(position: Position, limit: number): Promise<Changes | undefined>
}

/** Maximum number of things in a log; those with the oldest change are evicted first. */
export const KEEP = 50_000

export const newEpoch = (): string => randomBytes(6).toString('base64url')

/** @param after every change after the requested position, or at least one more than `limit` */
export function page(after: readonly (readonly [Changed, number])[], head: Position, limit: number): Changes {
  const cut = after.slice(0, limit)
  const more = after.length > limit
  const last = cut.at(-1)?.[1]
  return {
    changed: cut.map(([changed]) => changed),
    position: more && last !== undefined ? { epoch: head.epoch, at: last } : head,
    more,
  }
}
