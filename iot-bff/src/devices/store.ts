import type { DeviceRecord } from './record.ts'

/**
 * Where devices are at rest. It fills a registry (registry.ts) and keeps it: what is changed anywhere, by
 * another replica or by hand, is there within a second. Out of reach later on, it leaves what is known.
 */
export type DeviceStore = {
  /** Resolves once the registry is filled. */
  open(): Promise<void>
  /**
   * Puts what `change` makes of a device in its place; resolves once it is at rest and the registry has it.
   * Throws what `change` throws, and when the store cannot be reached.
   */
  update(id: string, change: Change): Promise<void>
  close(): void
}

/** `undefined`: there is no such device. May be called again when another change was faster. */
export type Change = (present: DeviceRecord | undefined) => DeviceRecord | undefined
