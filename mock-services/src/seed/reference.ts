/** The seed's "now". Fixed, so that the content is the same in every run. */
export const NOW = Date.parse('2026-11-20T09:00:00.000Z')

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** ISO 8601 UTC. */
export const iso = (at: number): string => new Date(at).toISOString()
/** The date alone, `2026-11-24`. */
export const isoDate = (at: number): string => iso(at).slice(0, 10)

export const CURRENCY = 'EUR'
export const STORES = ['ber', 'ham', 'muc', 'par', 'tyo'] as const

export const COUNTS = { products: 2_000, customers: 500, orders: 5_000, devices: 50 } as const
export const FIRST = { product: 1_001, customer: 1_001, order: 100_001, device: 101 } as const

export const money = (amountMinor: number) => ({ amountMinor, currency: CURRENCY })

/** The numbers of a kind: `numbers(1001, 3)` is 1001, 1002, 1003. */
export const numbers = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i)

/**
 * The number in an identifier such as `p1001`, when it has the prefix and is one of the seed's.
 * `undefined` else: `p0`, `p1001x` and `p01001` name nothing.
 */
export function numberIn(id: string, prefix: string, first: number, count: number): number | undefined {
  if (!id.startsWith(prefix) || !/^[1-9]\d{0,8}$/.test(id.slice(prefix.length))) return undefined
  const number = Number(id.slice(prefix.length))
  return number >= first && number < first + count ? number : undefined
}

/** Who changed a record last: what an administration table shows beside each row. */
export const recordAudit = (key: number, createdAt: number, source: string) => ({
  createdAt: iso(createdAt),
  createdBy: `system:${source}`,
  updatedAt: iso(Math.max(createdAt, Math.min(NOW, createdAt + (key % 17) * HOUR + (key % 59) * MINUTE))),
  updatedBy: key % 3 === 0 ? `staff:s${1 + (key % 4)}` : `system:${source}`,
  revision: 1 + (key % 7),
})

/** Makes each value once, when it is first asked for. */
export function lazily<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>()
  return (key) => {
    let value = made.get(key)
    if (value === undefined) made.set(key, (value = make(key)))
    return value
  }
}
