import { type AnalyticsQueue, type Clients, createAnalyticsQueue } from '@harbor/shared-clients'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { Seal } from '@harbor/shared-runtime/seal'
import { createIdempotency, type Idempotency, KEPT_MS } from '@harbor/shared-runtime/writes/idempotency'
import { openRecords } from '@harbor/shared-runtime/writes/leases'
import type { Checkout } from './checkout.ts'
import { openCheckout } from './open-checkout.ts'
import type { CheckoutClients } from './steps.ts'

/** Tools of writes: stored idempotency keys, a checkout that survives a crash, and a queue of analytics events. */
export type ShopWrites = {
  readonly idempotency: Idempotency
  readonly checkout: Checkout
  readonly analytics: AnalyticsQueue
}

type Options = {
  /** Of the BFF, the same in all its replicas. */
  name: string
  clients: { forRequest(context: RequestContext): CheckoutClients & Pick<Clients, 'analytics'> }
  /** Without it, keys, journals and claims are in memory of one process and end with it. */
  redis?: RedisConnection | undefined
  seal: Seal
  log: Pick<Log, 'info' | 'warn' | 'error'>
}

/** Opens the tools of a BFF that writes; its parts finish what a crash has left open, and send what waits. */
export function openWrites({
  name,
  clients,
  redis,
  seal,
  log,
}: Options): ShopWrites & { readonly parts: readonly Part[] } {
  const keys = { redis, namespace: `${name}:idempotency`, seal, keepMs: KEPT_MS, recovered: false }
  const idempotency = createIdempotency(openRecords(keys), log)
  const checkout = openCheckout({ name, clients, redis, seal, log })
  const analytics = createAnalyticsQueue({ clients, log })
  return { idempotency, checkout, analytics, parts: [checkout.part, analytics.part] }
}
