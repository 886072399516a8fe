import type { CacheDefinition, EntityPolicy } from '@harbor/shared-runtime/cache'
import type { SharedData } from '@harbor/shared-runtime/cache/shared-data'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** What seldom changes, and whose change is told by an event: catalog, reviews. */
export const LONG: EntityPolicy = {
  ttlMs: 5 * MINUTE,
  graceMs: HOUR,
  negativeTtlMs: 10 * SECOND,
  tiers: 'memory+redis',
}

/** What changes by the hour: promotions. */
export const SHORT: EntityPolicy = { ttlMs: MINUTE, graceMs: 0, negativeTtlMs: MINUTE, tiers: 'memory+redis' }

/** What must be true when it is shown, but not a thousand times a second: prices and stock of a page in a spike. */
export const SPIKE: EntityPolicy = { ttlMs: 200, graceMs: 0, negativeTtlMs: 200, tiers: 'memory' }

/** Declares what is kept of a service; a schema with a field of a user does not compile. */
export const cacheKind = <T>(definition: CacheDefinition<T> & SharedData<T>): CacheDefinition<T> => definition
