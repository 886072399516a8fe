import type { Sample } from './exposition.ts'

/** Cumulated counts by upper bound, in seconds. */
export type Buckets = ReadonlyMap<number, number>

/** Adds up the buckets of a histogram, over all labels that `wanted` lets through. */
export function bucketsOf(
  samples: readonly Sample[],
  histogram: string,
  wanted: (sample: Sample) => boolean,
): Buckets {
  const buckets = new Map<number, number>()
  for (const sample of samples) {
    if (sample.name !== `${histogram}_bucket` || !wanted(sample)) continue
    const bound = sample.labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(sample.labels.le)
    buckets.set(bound, (buckets.get(bound) ?? 0) + sample.value)
  }
  return buckets
}

/**
 * A quantile of what was observed between two readings of a histogram, interpolated within its bucket as Prometheus
 * does it; `undefined` when nothing was observed.
 */
export function quantileBetween(before: Buckets, after: Buckets, quantile: number): number | undefined {
  const bounds = [...after.keys()].sort((a, b) => a - b)
  const count = (bound: number) => (after.get(bound) ?? 0) - (before.get(bound) ?? 0)
  const total = count(Number.POSITIVE_INFINITY)
  if (total <= 0) return undefined
  const rank = total * quantile
  let lower = 0
  let below = 0
  for (const bound of bounds) {
    const upTo = count(bound)
    if (upTo >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return lower
      return lower + ((bound - lower) * (rank - below)) / Math.max(1, upTo - below)
    }
    lower = bound
    below = upTo
  }
  return lower
}
