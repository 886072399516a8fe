import { ProblemError } from '@harbor/shared-runtime/problems'
import { type Context, type Device, type DeviceRecord, isValidAt, type Key, type Lists } from './record.ts'
import type { Change } from './store.ts'

/** What an operator can do to a device: each is a change for a store (store.ts), with no I/O in it. */

/** @throws {ProblemError} `CONFLICT` when there is one of that id */
export const create =
  (device: Device, key: Key): Change =>
  (present) => {
    if (present) throw new ProblemError('CONFLICT', `There is a device ${present.id} already.`)
    return { ...device, keys: [key] }
  }

/**
 * Adds a key. The newest of the old ones stays valid for `graceSeconds`, or less if it was dying already; the
 * others end at once.
 */
export const rotate = (id: string, key: Key, graceSeconds: number): Change =>
  existing(id, (present) => ({ ...present, keys: rotated(present.keys, key, graceSeconds) }))

/** Adds an OSCORE context, as `rotate` adds a key: a device out of reach goes on with the one before. */
export const addContext = (id: string, context: Context, graceSeconds: number): Change =>
  existing(id, (present) => ({
    ...present,
    contexts: rotated(present.contexts ?? [], context, graceSeconds),
  }))

export const revokeKey = (id: string, keyId: string): Change =>
  existing(id, (present) => ({ ...present, keys: without(present.keys, keyId, `device ${id}`, 'key') }))

export const revokeContext = (id: string, contextId: string): Change =>
  existing(id, (present) => ({
    ...present,
    contexts: without(present.contexts ?? [], contextId, `device ${id}`, 'context'),
  }))

export const setLists = (id: string, lists: Lists): Change =>
  existing(id, (present) => ({ ...present, ...lists }))

export const remove = (id: string): Change => existing(id, () => undefined)

/** @throws {ProblemError} `NOT_FOUND` when there is no such device */
function existing(id: string, change: (present: DeviceRecord) => DeviceRecord | undefined): Change {
  return (present) => {
    if (!present) throw new ProblemError('NOT_FOUND', `There is no device ${id}.`)
    return change(present)
  }
}

function rotated<T extends Pick<Key, 'until'>>(present: readonly T[], added: T, graceSeconds: number): T[] {
  // biome-ignore lint/plugin: in the registry of devices, for years
  const now = Date.now()
  const until = new Date(now + graceSeconds * 1000).toISOString()
  const old = present.filter((known) => graceSeconds > 0 && isValidAt(known, now)).at(-1)
  const dying = old && { ...old, until: earlier(old.until, until) }
  return [...(dying ? [dying] : []), added]
}

/** @throws {ProblemError} `NOT_FOUND` when it is not there */
function without<T extends Pick<Key, 'id'>>(
  present: readonly T[],
  id: string,
  owner: string,
  kind: string,
): T[] {
  const rest = present.filter((known) => known.id !== id)
  if (rest.length === present.length)
    throw new ProblemError('NOT_FOUND', `The ${owner} has no ${kind} ${id}.`)
  return rest
}

const earlier = (one: string | undefined, other: string): string =>
  one !== undefined && Date.parse(one) < Date.parse(other) ? one : other
