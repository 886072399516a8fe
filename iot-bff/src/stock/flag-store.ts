import type { Device } from '../devices/record.ts'
import { encodeBitmap, type StockBitmap } from '../messages/stock-bitmap.ts'
import { encodeFlag, IDENTIFIER, type StockFlag } from '../messages/stock-flag.ts'

/** What a device can read and observe: the object stays the same while its answers change. */
export type Resource = StockFlag | StockBitmap

/** What the protocols that push are told, each time after the answers have been made. */
export type StockListener = {
  /** The resource has another value or, without answers, is no longer known. */
  changed?(resource: Resource): void
  /** Flags may be served: the first snapshot is in, or a feed that was lost is back. */
  live?(): void
  /** Flags may no longer be served. */
  lost?(): void
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type Flag = Writable<StockFlag> & { snapshot: number }
type Bitmap = Writable<StockBitmap>

type ListOf = Pick<StockBitmap, 'store' | 'version' | 'skus'>

/** How long flags may be served after the feed was last known to be live. */
const MAX_AGE_S = 300
const JITTER = 0.1

/**
 * The flags of all stores and the bitmaps of all devices. Answers are made here, when a level arrives:
 * a request is a lookup. Levels come from one writer, the feed (stock-feed.ts).
 */
export class FlagStore {
  readonly #flags = new Map<string, Map<string, Flag>>()
  /** By device, then by list. */
  readonly #bitmapsOfDevice = new Map<string, Map<string, Bitmap>>()
  readonly #bitmapsOfSku = new Map<string, Set<Bitmap>>()
  readonly #listeners: StockListener[] = []
  readonly #changed = new Set<Flag>()
  readonly #expiry: NodeJS.Timeout
  #snapshot = 0
  #confirmedAt = Number.NEGATIVE_INFINITY
  #serving = false

  constructor() {
    this.#expiry = setTimeout(() => this.#expire(), MAX_AGE_S * 1000).unref()
  }

  /** Keeps the bitmaps of a device's lists from now on; of a device that is `undefined`, none. */
  setDevice(id: string, device: Device | undefined): void {
    const former = this.#bitmapsOfDevice.get(id) ?? new Map<string, Bitmap>()
    const bitmaps = new Map<string, Bitmap>()
    const changed: Bitmap[] = []
    const store = device?.store ?? ''
    for (const [list, { version, skus }] of Object.entries(device?.lists ?? {})) {
      const known = former.get(list)
      former.delete(list)
      const bitmap: Bitmap = known ?? { kind: 'bitmap', store, name: '', version, skus, answers: undefined }
      bitmaps.set(list, bitmap)
      if (known && isSameList(known, { store, version, skus })) continue
      this.#withdraw(bitmap)
      Object.assign(bitmap, { store, name: `${id}/${list}`, version, skus })
      this.#follow(bitmap)
      this.#encode(bitmap)
      changed.push(bitmap)
    }
    for (const gone of former.values()) {
      this.#withdraw(gone)
      gone.answers = undefined
      changed.push(gone)
    }
    if (device) this.#bitmapsOfDevice.set(id, bitmaps)
    else this.#bitmapsOfDevice.delete(id)
    this.#tell(changed)
  }

  flag(store: string, sku: string): StockFlag | undefined {
    return this.#flags.get(store)?.get(sku)
  }

  bitmap(device: string, list: string): StockBitmap | undefined {
    return this.#bitmapsOfDevice.get(device)?.get(list)
  }

  *flags(): Generator<StockFlag> {
    for (const flags of this.#flags.values()) yield* flags.values()
  }

  /** Whether flags may be served: a snapshot was complete, and the feed live within `MAX_AGE_S`. */
  get serving(): boolean {
    return this.#serving
  }

  /** Milliseconds for which what is here may still be served; 0 or less when it may not. */
  freshForMs(): number {
    return MAX_AGE_S * 1000 - (performance.now() - this.#confirmedAt)
  }

  /** Whole seconds for which an answer made now is fresh; spread, so that devices do not return all at once. */
  maxAgeS(): number {
    const left = this.freshForMs() / 1000
    return Math.min(MAX_AGE_S, Math.max(1, Math.floor(left * (1 - JITTER * Math.random()))))
  }

  listen(listener: StockListener): void {
    this.#listeners.push(listener)
  }

  /** What the snapshot that starts here does not name is unknown once it has ended. */
  beginSnapshot(): void {
    this.#snapshot++
  }

  endSnapshot(): void {
    for (const flags of this.#flags.values())
      for (const flag of flags.values()) if (flag.snapshot !== this.#snapshot) this.#forget(flag)
    this.publish()
    this.confirm()
  }

  /** Takes a level; listeners and bitmaps follow with `publish`. */
  set(store: string, sku: string, level: number): void {
    if (!IDENTIFIER.test(store) || !IDENTIFIER.test(sku)) return
    const available = level > 0
    const flags = this.#flags.get(store) ?? new Map<string, Flag>()
    this.#flags.set(store, flags)
    const known = flags.get(sku)
    if (known) known.snapshot = this.#snapshot
    if (known?.available === available) return
    const answers = encodeFlag(store, sku, available)
    const flag = known ?? { kind: 'flag', store, sku, available, answers, snapshot: this.#snapshot }
    flag.available = available
    flag.answers = answers
    flags.set(sku, flag)
    this.#changed.add(flag)
  }

  /** Brings the bitmaps up to date and tells the listeners what has changed since the last time. */
  publish(): void {
    const bitmaps = new Set<Bitmap>()
    for (const { store, sku } of this.#changed)
      for (const bitmap of this.#bitmapsOfSku.get(`${store}/${sku}`) ?? []) bitmaps.add(bitmap)
    for (const bitmap of bitmaps) this.#encode(bitmap)
    const resources: Resource[] = [...this.#changed, ...bitmaps]
    this.#changed.clear()
    this.#tell(resources)
  }

  /** The feed is live: what is here is what is in stock now. */
  confirm(): void {
    this.#confirmedAt = performance.now()
    this.#expiry.refresh()
    if (this.#serving) return
    this.#serving = true
    for (const listener of this.#listeners) listener.live?.()
  }

  #forget(flag: Flag): void {
    this.#flags.get(flag.store)?.delete(flag.sku)
    flag.answers = undefined
    this.#changed.add(flag)
  }

  #expire(): void {
    if (!this.#serving) return
    this.#serving = false
    for (const listener of this.#listeners) listener.lost?.()
  }

  #tell(resources: readonly Resource[]): void {
    for (const resource of resources) for (const listener of this.#listeners) listener.changed?.(resource)
  }

  /** From now on the bitmap changes with the flags of its SKUs. */
  #follow(bitmap: Bitmap): void {
    for (const sku of bitmap.skus) {
      const key = `${bitmap.store}/${sku}`
      const bitmaps = this.#bitmapsOfSku.get(key)
      if (bitmaps) bitmaps.add(bitmap)
      else this.#bitmapsOfSku.set(key, new Set([bitmap]))
    }
  }

  #withdraw(bitmap: Bitmap): void {
    for (const sku of bitmap.skus) {
      const key = `${bitmap.store}/${sku}`
      const bitmaps = this.#bitmapsOfSku.get(key)
      bitmaps?.delete(bitmap)
      if (bitmaps?.size === 0) this.#bitmapsOfSku.delete(key)
    }
  }

  #encode(bitmap: Bitmap): void {
    const flags = bitmap.skus.map((sku) => this.flag(bitmap.store, sku)?.available)
    const known = flags.filter((flag) => flag !== undefined)
    bitmap.answers =
      known.length === flags.length ? encodeBitmap(bitmap.name, bitmap.version, known) : undefined
  }
}

const isSameList = (one: ListOf, other: ListOf): boolean =>
  one.store === other.store && one.version === other.version && one.skus.join() === other.skus.join()
