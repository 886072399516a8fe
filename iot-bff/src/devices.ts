import { hash, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { StartError } from '@harbor/shared-runtime/part'
import { z } from 'zod'
import { IDENTIFIER } from './messages/stock-flag.ts'

const Identifier = z.string().regex(IDENTIFIER)

const Device = z
  .object({
    id: Identifier,
    store: Identifier,
    /** Which of its lists is answered when it names none. */
    list: Identifier,
    lists: z.record(
      Identifier,
      z.object({
        version: z.number().int().min(0).max(255),
        skus: z.array(Identifier).min(1).max(512),
      }),
    ),
    /** SHA-256, hexadecimal; two while a key is being replaced, none to revoke. */
    keyHashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(4),
  })
  .refine(({ list, lists }) => Object.hasOwn(lists, list), { error: 'the list named by "list" is missing' })

const Registry = z.object({ devices: z.array(Device) })

/** A device, the store that it belongs to, and what it shows. */
export type Device = Readonly<Omit<z.output<typeof Device>, 'keyHashes'>>

export type Devices = {
  readonly all: readonly Device[]
  byId(id: string): Device | undefined
  /** The device that holds the key, if any. */
  byKey(key: string): Device | undefined
  /** Whether a list of that name exists, whosoever it is. */
  hasList(name: string): boolean
}

const DEMO_FILE = new URL('../devices.demo.json', import.meta.url)

/**
 * Reads the device registry; without a file, the demo's.
 * @throws {StartError} that names `DEVICES_FILE` and what is wrong in the file
 */
export async function loadDevices(file: string | undefined): Promise<Devices> {
  try {
    const parsed = Registry.safeParse(JSON.parse(await readFile(file ?? DEMO_FILE, 'utf8')))
    if (!parsed.success) throw new Error(z.prettifyError(parsed.error))
    return createDevices(parsed.data)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartError(
      `DEVICES_FILE ${JSON.stringify(file ?? 'demo')} is not a device registry:\n${reason}`,
    )
  }
}

/**
 * Indexes the registry by key. Keys are random and long, so one SHA-256 keeps them at rest: what makes slow
 * hashes worth their time, guessing, is no danger here.
 */
export function createDevices({ devices }: z.output<typeof Registry>): Devices {
  const byId = new Map<string, Device>()
  const byKeyPrefix = new Map<string, { keyHash: Buffer; device: Device }[]>()
  for (const { keyHashes, ...device } of devices) {
    if (byId.has(device.id)) throw new Error(`the device ${device.id} is there twice`)
    byId.set(device.id, device)
    for (const keyHash of keyHashes) {
      const entries = byKeyPrefix.get(prefix(keyHash)) ?? []
      byKeyPrefix.set(prefix(keyHash), [...entries, { keyHash: Buffer.from(keyHash, 'hex'), device }])
    }
  }
  const listNames = new Set(devices.flatMap(({ lists }) => Object.keys(lists)))

  return {
    all: [...byId.values()],
    byId: (id) => byId.get(id),
    byKey(key) {
      const given = hash('sha256', key, 'hex')
      const entries = byKeyPrefix.get(prefix(given))
      if (entries === undefined) return undefined
      const bytes = Buffer.from(given, 'hex')
      return entries.find(({ keyHash }) => timingSafeEqual(keyHash, bytes))?.device
    },
    hasList: (name) => listNames.has(name),
  }
}

/** The index tells a quarter of the hash by its timing; the rest is compared in constant time. */
const prefix = (keyHash: string): string => keyHash.slice(0, 16)
