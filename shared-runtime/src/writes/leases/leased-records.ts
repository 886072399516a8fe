/**
 * Records that one holder at a time may change. When a holder dies its lease expires, and the next holder continues
 * from the last value. A store outside the process seals the values.
 */
export type LeasedRecords = {
  /**
   * Takes the lease of an open record; creates the record when there is none and `initial` is given.
   * @param leaseMs milliseconds for which no other holder can claim it
   */
  claim(key: string, leaseMs: number, initial?: string): Promise<Claim>
  /** Replaces the value and renews the lease. @throws {LeaseLostError} */
  write(lease: Lease, value: string, leaseMs: number): Promise<void>
  /** Writes the final value: from now on the record is read-only, until it expires. @throws {LeaseLostError} */
  settle(lease: Lease, value: string): Promise<void>
  /**
   * Releases the lease: the record stays open and can be claimed at once. No error when the lease is lost.
   * @param dueAfterMs milliseconds after which `due` lists it
   */
  release(lease: Lease, value: string, dueAfterMs: number): Promise<void>
  /** Deletes the record. No error when the lease is lost. */
  forget(lease: Lease): Promise<void>
  /** Keys of open records whose lease has expired or was released, longest due first. */
  due(limit: number): Promise<string[]>
}

export type Lease = { readonly key: string; readonly token: string }

export type Claim =
  /** There is no such record, and no `initial` value was given. */
  | { state: 'absent' }
  | { state: 'claimed'; lease: Lease; value: string; isNew: boolean }
  /** Another holder has the lease. */
  | { state: 'held'; value: string }
  | { state: 'settled'; value: string }

export type RecordSettings = {
  /** Milliseconds until a settled record expires. */
  keepMs: number
  /**
   * Open records are recovered: they have no expiry, and `due` lists them. Otherwise an open record expires after
   * `keepMs`, too.
   */
  recovered: boolean
}

/** The lease has expired and another holder has the record: the previous holder must not touch it any more. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError'
}
