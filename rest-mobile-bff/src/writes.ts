import { openCheckout } from '@harbor/shared-checkout'
import { type ClientSet, createAnalyticsQueue } from '@harbor/shared-clients'
import type { Writes } from '@harbor/shared-edge/rest/serve-action'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import type { Seal } from '@harbor/shared-runtime/seal'
import { createIdempotency, KEPT_MS } from '@harbor/shared-runtime/writes/idempotency'
import { openRecords } from '@harbor/shared-runtime/writes/leases'
import type { MobileKit } from './define.ts'

type Options = {
  name: string
  clients: ClientSet
  /** Without it, keys, journals and claims are in memory of one process and end with it. */
  redis?: RedisConnection | undefined
  seal: Seal
  log: Log
}

/** Tools of actions: stored idempotency keys, a checkout that survives a crash, and a queue of analytics events. */
export function openWrites({
  name,
  clients,
  redis,
  seal,
  log,
}: Options): Writes<MobileKit> & { parts: readonly Part[] } {
  const keys = { redis, namespace: `${name}:idempotency`, seal, keepMs: KEPT_MS, recovered: false }
  const idempotency = createIdempotency(openRecords(keys), log)
  const checkout = openCheckout({ name, clients, redis, seal, log })
  const analytics = createAnalyticsQueue({ clients, log })
  return { idempotency, checkout, analytics, parts: [checkout.part, analytics.part] }
}
