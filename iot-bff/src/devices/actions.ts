import { ProblemError } from '@harbor/shared-runtime/problems'
import { type Device, type DeviceRecord, isValidAt, type Key, type Lists } from './record.ts'
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
  existing(id, (present) => {
    // biome-ignore lint/plugin: in the registry of devices, for years
    const now = Date.now()
    const until = new Date(now + graceSeconds * 1000).toISOString()
    const old = present.keys.filter((known) => graceSeconds > 0 && isValidAt(known, now)).at(-1)
    const dying = old && { ...old, until: earlier(old.until, until) }
    return { ...present, keys: [...(dying ? [dying] : []), key] }
  })

export const revokeKey = (id: string, keyId: string): Change =>
  existing(id, (present) => {
    const keys = present.keys.filter((key) => key.id !== keyId)
    if (keys.length === present.keys.length)
      throw new ProblemError('NOT_FOUND', `The device ${id} has no key ${keyId}.`)
    return { ...present, keys }
  })

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

const earlier = (one: string | undefined, other: string): string =>
  one !== undefined && Date.parse(one) < Date.parse(other) ? one : other
