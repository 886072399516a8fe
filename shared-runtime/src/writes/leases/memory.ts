import { randomUUID } from 'node:crypto'
import { boundedLru } from '../../cache/bounded-lru.ts'
import { type Lease, type LeasedRecords, LeaseLostError, type RecordSettings } from './leased-records.ts'

type Open = { value: string; token: string; heldUntil: number; dueAt: number }

const MAX_RECORDS = 50_000

/** Leased records in the memory of this process. */
export function memoryRecords({ keepMs, recovered }: RecordSettings): LeasedRecords {
  const open = recovered ? new Map<string, Open>() : boundedLru<string, Open>(MAX_RECORDS, { ttl: keepMs })
  const settled = boundedLru<string, string>(MAX_RECORDS, { ttl: keepMs })

  const heldBy = ({ key, token }: Lease): Open | undefined => {
    const record = open.get(key)
    return record?.token === token ? record : undefined
  }
  const mustBeHeldBy = (lease: Lease): Open => {
    const record = heldBy(lease)
    if (!record) throw new LeaseLostError(`the lease of ${lease.key} is lost`)
    return record
  }

  return {
    async claim(key, leaseMs, initial) {
      const final = settled.get(key)
      if (final !== undefined) return { state: 'settled', value: final }
      const now = performance.now()
      const known = open.get(key)
      if (known && known.heldUntil > now) return { state: 'held', value: known.value }
      const value = known?.value ?? initial
      if (value === undefined) return { state: 'absent' }
      const token = randomUUID()
      open.set(key, { value, token, heldUntil: now + leaseMs, dueAt: now + leaseMs })
      return { state: 'claimed', lease: { key, token }, value, isNew: known === undefined }
    },
    async write(lease, value, leaseMs) {
      const until = performance.now() + leaseMs
      Object.assign(mustBeHeldBy(lease), { value, heldUntil: until, dueAt: until })
    },
    async settle(lease, value) {
      mustBeHeldBy(lease)
      open.delete(lease.key)
      settled.set(lease.key, value)
    },
    async release(lease, value, dueAfterMs) {
      const record = heldBy(lease)
      if (record)
        Object.assign(record, { value, token: '', heldUntil: 0, dueAt: performance.now() + dueAfterMs })
    },
    async forget(lease) {
      if (heldBy(lease)) open.delete(lease.key)
    },
    async due(limit) {
      const now = performance.now()
      return [...open.entries()]
        .filter(([, { dueAt }]) => dueAt <= now)
        .sort(([, a], [, b]) => a.dueAt - b.dueAt)
        .slice(0, limit)
        .map(([key]) => key)
    },
  }
}
