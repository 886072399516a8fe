import { randomBytes } from 'node:crypto'

/** What changed: a product by its id, or a price by its SKU. */
export type Changed = `product:${string}` | `price:${string}`

/**
 * A place in the log. `epoch` names one history without a gap: after anything that may have been missed another
 * one begins, and every place of the one before is worthless.
 */
export type Position = { readonly epoch: string; readonly at: number }

/** What changed after a position, in the order of the last change of each; `more`: the rest follows `position`. */
export type Changes = {
  readonly changed: readonly Changed[]
  readonly position: Position
  readonly more: boolean
}

/**
 * Which products and prices changed, and when last: not how. It holds each of them once, so it is never longer
 * than the catalogue is, with all that ever was in it.
 */
export type ChangeLog = {
  /** Notes that a thing has changed (if any of ours), and up to which event all is noted. */
  record(changed: Changed | undefined, eventId: string): Promise<void>
  /** Something was missed, nobody knows what: a new epoch. */
  startOver(): Promise<void>
  /** The event up to which all is noted; `undefined` when that is not known. */
  lastEvent(): Promise<string | undefined>
  /** Where the log is now. */
  head(): Promise<Position>
  /** At most `limit` changes after a position; `undefined` when they are not known. */
  since(position: Position, limit: number): Promise<Changes | undefined>
}

/** Things that a log holds at most; those whose last change is longest ago are forgotten first. */
export const KEEP = 50_000

export const newEpoch = (): string => randomBytes(6).toString('base64url')

/** @param after every change after the position asked for, or at least one more than `limit` */
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
