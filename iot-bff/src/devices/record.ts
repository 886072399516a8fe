import { z } from 'zod'
import { IDENTIFIER } from '../messages/stock-flag.ts'

const MAX_LISTS = 16
const MAX_SKUS = 512
/** One that is in use, and one that is being replaced. */
const MAX_KEYS = 2

export const Identifier = z.string().regex(IDENTIFIER)

/** What a device shows: its lists by name, and which of them is answered when it names none. */
export const Lists = z
  .object({
    list: Identifier,
    lists: z
      .record(
        Identifier,
        z.object({
          version: z.number().int().min(0).max(255),
          skus: z.array(Identifier).min(1).max(MAX_SKUS),
        }),
      )
      .refine((lists) => Object.keys(lists).length <= MAX_LISTS, { error: `at most ${MAX_LISTS} lists` }),
  })
  .refine(({ list, lists }) => Object.hasOwn(lists, list), { error: 'the list named by "list" is missing' })

export type Lists = z.output<typeof Lists>

/** A device as it is registered, and as an operator describes a new one. */
export const NewDevice = z.object({ id: Identifier, store: Identifier }).and(Lists)

const Key = z.object({
  /** Names the key where it is revoked; tells nothing of it. */
  id: Identifier,
  /** SHA-256 of the key, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** The instant after which it is dead; for good without one. */
  until: z.iso.datetime().optional(),
})

/** An OSCORE security context: its keys have to be known as they are, so they are sealed instead of hashed. */
const Context = z.object({
  /** The id by which the device names itself in a message (kid), hexadecimal. */
  id: z.string().regex(/^([0-9a-f]{2}){1,7}$/),
  /** Master secret and master salt, sealed (oscore/provision.ts). */
  sealed: z.string().min(1).max(512),
  /** The instant after which it is dead; for good without one. */
  until: z.iso.datetime().optional(),
})

/** A device at rest. */
export const DeviceRecord = NewDevice.and(
  z.object({
    keys: z.array(Key).max(MAX_KEYS),
    /** None before the first one is made. */
    contexts: z.array(Context).max(MAX_KEYS).optional(),
  }),
)
export type DeviceRecord = z.output<typeof DeviceRecord>

/** A device, the store that it belongs to, and what it shows. */
export type Device = Readonly<z.output<typeof NewDevice>>

export type Key = z.output<typeof Key>
export type Context = z.output<typeof Context>

/** Whether a key or a context is accepted at an instant, in milliseconds since 1970. */
export const isValidAt = ({ until }: Pick<Key, 'until'>, now: number): boolean =>
  until === undefined || Date.parse(until) > now
