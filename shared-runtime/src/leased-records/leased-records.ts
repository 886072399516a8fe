/**
 * Records that one holder at a time may change. A holder that dies loses its lease with time, and the next one
 * goes on from what it wrote. The values are the caller's; a store that lies outside the process seals them.
 */
export type LeasedRecords = {
  /**
   * Takes the lease of an open record, of a new one with the value `initial` when there is none.
   * @param leaseMs milliseconds for which nobody else can have it
   */
  claim(key: string, leaseMs: number, initial?: string): Promise<Claim>
  /** Replaces the value and renews the lease. @throws {LeaseLostError} */
  write(lease: Lease, value: string, leaseMs: number): Promise<void>
  /** Writes the value for good: from now on it is only read, and kept for a while. @throws {LeaseLostError} */
  settle(lease: Lease, value: string): Promise<void>
  /**
   * Gives the lease back: the record stays open, and may be claimed at once. No error when the lease is lost.
   * @param dueAfterMs milliseconds after which `due` names it
   */
  release(lease: Lease, value: string, dueAfterMs: number): Promise<void>
  /** Removes the record, as if it had never been. No error when the lease is lost. */
  forget(lease: Lease): Promise<void>
  /** Keys of open records whose holder has died or has given them back; the longest due first. */
  due(limit: number): Promise<string[]>
}

export type Lease = { readonly key: string; readonly token: string }

export type Claim =
  /** There is no such record, and none was to be made. */
  | { state: 'absent' }
  | { state: 'claimed'; lease: Lease; value: string; isNew: boolean }
  /** Somebody else is at it. */
  | { state: 'held'; value: string }
  | { state: 'settled'; value: string }

export type RecordSettings = {
  /** Milliseconds for which a settled record is kept. */
  keepMs: number
  /**
   * Somebody comes back for what is left open: it is kept until it is settled, and named by `due`. Else an open
   * record ends after `keepMs`, too.
   */
  recovered: boolean
}

/** The lease ran out, and somebody else has taken over: nothing more may be done in its name. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError'
}
