import type { RequestFacts } from '@harbor/shared-runtime/telemetry/request'
import type { Kept } from './record.ts'

/** The share of its budget from which a request is slow. */
const SLOW_SHARE = 0.5
/** Milliseconds from which a request without a budget is slow. */
const SLOW_MS = 1_000

const SHED: ReadonlySet<string | undefined> = new Set(['OVERLOADED', 'RATE_LIMITED'])

/** Why a request is kept for longer, and exported whether it is sampled or not; `undefined` for all others. */
export function keptBecause({ problem, status, degraded, ms, budgetMs }: RequestFacts): Kept | undefined {
  if (SHED.has(problem)) return 'shed'
  if (status >= 500) return 'error'
  if (degraded.length > 0) return 'degraded'
  return ms >= (budgetMs === undefined ? SLOW_MS : budgetMs * SLOW_SHARE) ? 'slow' : undefined
}
