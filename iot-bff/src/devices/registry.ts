import { timingSafeEqual } from 'node:crypto'
import { hashOf } from './key.ts'
import { type Device, type DeviceRecord, isValidAt } from './record.ts'

/**
 * Told after the registry has changed: what a device is from now on and what it was, `undefined` when it is not,
 * or was not, served. Also told when only its keys are others.
 */
export type DeviceListener = (id: string, device: Device | undefined, former: Device | undefined) => void

/** A key that is accepted, and whose it is. */
export type Credential = {
  readonly device: Device
  readonly keyHash: string
  /** Milliseconds since 1970; `Infinity` for a key that is not being replaced. */
  readonly validUntil: number
}

/** The longest wait of a Node timer is 24 days; a key may be dying for longer. */
const LONGEST_WAIT_MS = 86_400_000

/**
 * The devices that may come in, in memory: a request is a look-up. A device without a valid key or security
 * context is not served, by any protocol. Filled and kept up to date by a store (store.ts).
 */
export class Devices {
  readonly #records = new Map<string, DeviceRecord>()
  readonly #served = new Map<string, Device>()
  readonly #byKeyPrefix = new Map<string, Credential[]>()
  readonly #listeners: DeviceListener[] = []
  #expiry: NodeJS.Timeout | undefined
  #expiresAt = Number.POSITIVE_INFINITY

  listen(listener: DeviceListener): void {
    this.#listeners.push(listener)
  }

  /** The device of that id, if it has a valid key or security context. */
  byId(id: string): Device | undefined {
    return this.#served.get(id)
  }

  /** Whose key it is, if it is accepted now. */
  byKey(key: string): Credential | undefined {
    return this.byKeyHash(hashOf(key))
  }

  byKeyHash(keyHash: string): Credential | undefined {
    const credentials = this.#byKeyPrefix.get(prefix(keyHash))
    if (credentials === undefined) return undefined
    const bytes = Buffer.from(keyHash)
    const found = credentials.find((known) => timingSafeEqual(Buffer.from(known.keyHash), bytes))
    // biome-ignore lint/plugin: in the registry of devices, for years
    return found && found.validUntil > Date.now() ? found : undefined
  }

  /** What is at rest of all devices, by id. */
  get records(): ReadonlyMap<string, DeviceRecord> {
    return this.#records
  }

  /** Takes what is at rest of a device now, `undefined` for nothing, and tells the listeners. */
  put(id: string, record: DeviceRecord | undefined): void {
    this.#forgetKeys(id)
    const device = record && this.#admit(record)
    const former = this.#served.get(id)
    if (record) this.#records.set(id, record)
    else this.#records.delete(id)
    if (device) this.#served.set(id, device)
    else this.#served.delete(id)
    if (former || device) for (const listener of this.#listeners) listener(id, device, former)
  }

  /** Takes the whole registry: what it does not name is gone. What is the same stays untouched. */
  replace(records: readonly DeviceRecord[]): void {
    const named = new Set(records.map(({ id }) => id))
    for (const id of [...this.#records.keys()]) if (!named.has(id)) this.put(id, undefined)
    for (const record of records)
      if (JSON.stringify(this.#records.get(record.id)) !== JSON.stringify(record)) this.put(record.id, record)
  }

  close(): void {
    clearTimeout(this.#expiry)
  }

  #admit({ keys, contexts = [], ...device }: DeviceRecord): Device | undefined {
    // biome-ignore lint/plugin: in the registry of devices, for years
    const now = Date.now()
    const valid = keys.filter((key) => isValidAt(key, now))
    const secure = contexts.filter((context) => isValidAt(context, now))
    for (const { until } of secure) if (until !== undefined) this.#expireAt(Date.parse(until))
    for (const { hash, until } of valid) {
      const validUntil = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until)
      const others = this.#byKeyPrefix.get(prefix(hash)) ?? []
      this.#byKeyPrefix.set(prefix(hash), [...others, { device, keyHash: hash, validUntil }])
      this.#expireAt(validUntil)
    }
    return valid.length + secure.length > 0 ? device : undefined
  }

  #forgetKeys(id: string): void {
    for (const { hash } of this.#records.get(id)?.keys ?? []) {
      const others = this.#byKeyPrefix.get(prefix(hash))?.filter(({ device }) => device.id !== id)
      if (others?.length) this.#byKeyPrefix.set(prefix(hash), others)
      else this.#byKeyPrefix.delete(prefix(hash))
    }
  }

  /** Whoever came in by a key that dies has to be told: sessions and observations outlive a request. */
  #expireAt(instant: number): void {
    if (instant >= this.#expiresAt) return
    this.#expiresAt = instant
    clearTimeout(this.#expiry)
    // biome-ignore lint/plugin: in the registry of devices, for years
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, instant - Date.now()))
    this.#expiry = setTimeout(() => this.#expire(), waitMs).unref()
  }

  #expire(): void {
    this.#expiresAt = Number.POSITIVE_INFINITY
    for (const [id, record] of this.#records)
      if ([...record.keys, ...(record.contexts ?? [])].some(({ until }) => until !== undefined))
        this.put(id, record)
  }
}

/** The index tells a quarter of the hash by its timing; the rest is compared in constant time. */
const prefix = (keyHash: string): string => keyHash.slice(0, 16)
