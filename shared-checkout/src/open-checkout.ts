import type { Log } from '@harbor/shared-runtime/log'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { Seal } from '@harbor/shared-runtime/seal'
import { openClaims } from '@harbor/shared-runtime/writes/claims'
import { KEPT_MS } from '@harbor/shared-runtime/writes/idempotency'
import { openRecords } from '@harbor/shared-runtime/writes/leases'
import { cartClaims } from './cart-claims.ts'
import { type Checkout, createCheckout } from './checkout.ts'
import type { CheckoutClients } from './steps.ts'

type Options = {
  /** Of the BFF, the same in all its replicas. */
  name: string
  clients: { forRequest(context: RequestContext): CheckoutClients }
  /** None: journals and claims are this process's alone, and end with it. */
  redis: RedisConnection | undefined
  seal: Seal
  log: Pick<Log, 'info' | 'warn' | 'error'>
}

/**
 * The checkout of a BFF. Its journals are its own, since it recovers them with its own credentials; the claims on
 * carts are shared with every BFF on the same Redis.
 */
export const openCheckout = ({ name, clients, redis, seal, log }: Options): Checkout =>
  createCheckout({
    name,
    clientsFor: (context) => clients.forRequest(context),
    journals: openRecords({ redis, namespace: `${name}:checkout`, seal, keepMs: KEPT_MS, recovered: true }),
    claims: cartClaims(openClaims({ redis, namespace: 'checkout:cart' })),
    log,
  })
