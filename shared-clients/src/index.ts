import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { JSONWebKeySet } from 'jose'
import { analytics } from './analytics.ts'
import { cart } from './cart.ts'
import { catalog } from './catalog.ts'
import { customers } from './customers.ts'
import { fraud } from './fraud.ts'
import { loadIdentityKeys } from './identity.ts'
import { inventory } from './inventory.ts'
import { notifications } from './notifications.ts'
import { orders } from './orders.ts'
import { payments } from './payments.ts'
import { pricing } from './pricing.ts'
import { promotions } from './promotions.ts'
import { recommendations } from './recommendations.ts'
import { requestClients } from './request-clients.ts'
import { reviews } from './reviews.ts'
import type { Addresses } from './services.ts'
import { shipping } from './shipping.ts'
import { tax } from './tax.ts'
import { telemetry } from './telemetry.ts'
import type { ClientDefinition } from './transport/client.ts'
import { openPool } from './transport/http.ts'
import { createInternalTokens } from './transport/internal-tokens.ts'

/** Every client that a screen can use; a new one is added here and nowhere else. */
const CLIENTS = {
  analytics,
  cart,
  catalog,
  customers,
  fraud,
  inventory,
  notifications,
  orders,
  payments,
  pricing,
  promotions,
  recommendations,
  reviews,
  shipping,
  tax,
  telemetry,
}

type ApiOf<Definition> = Definition extends ClientDefinition<infer Api> ? Api : never

/** The typed clients of one request: `clients.catalog.byId(id)`. */
export type Clients = { readonly [Name in keyof typeof CLIENTS]: ApiOf<(typeof CLIENTS)[Name]> }

/** The connections of a process to the domain services. */
export type ClientSet = {
  /** The clients of one request: its user, deadline, cancellation and trace go with every call. */
  forRequest(context: RequestContext): Clients
  /** The keys with which identity signs access tokens. */
  identityKeys(): Promise<JSONWebKeySet>
  /** Finishes what runs and closes the connections. */
  close(): Promise<void>
}

type Options = {
  addresses: Addresses
  /** This BFF, as identity knows it. */
  clientId: string
  clientSecret: string
}

/** Opens one connection pool or channel a service; connects on the first call. */
export function createClients({ addresses, clientId, clientSecret }: Options): ClientSet {
  const identity = openPool(addresses.identity)
  const tokens = createInternalTokens({ identity, clientId, clientSecret })
  const opened = new Map(
    Object.entries<ClientDefinition<unknown>>(CLIENTS).map(([name, { upstream, open }]) => [
      name,
      open(addresses[upstream], tokens),
    ]),
  )
  const RequestClients = requestClients(opened)

  return {
    forRequest: (context) => {
      const clients: object = new RequestClients(context)
      // Its getters are made in a loop over CLIENTS, which the compiler cannot follow.
      return clients as Clients
    },
    identityKeys: () => loadIdentityKeys(identity),
    async close() {
      await Promise.all([identity.close(), ...[...opened.values()].map((client) => client.close())])
    },
  }
}

export type { AnalyticsEvent } from './analytics.ts'
export type { Cart } from './cart.ts'
export type { Product, ProductPage } from './catalog.ts'
export type { Customer } from './customers.ts'
export type { Assessment } from './fraud.ts'
export type { SkuStock, StockEvent } from './inventory.ts'
export type { Money } from './money.ts'
export type { Notification } from './notifications.ts'
export type { Order, OrderStatus } from './orders.ts'
export type { Payment } from './payments.ts'
export type { Price, Quote } from './pricing.ts'
export type { Promotion } from './promotions.ts'
export type { Recommendation } from './recommendations.ts'
export type { ProductReviews, Review } from './reviews.ts'
export { type Addresses, addressesOf, SERVICES, type ServiceName, upstreamSettings } from './services.ts'
export type { Shipment, ShippingOption } from './shipping.ts'
export type { Tax } from './tax.ts'
export type { Device, Reading } from './telemetry.ts'
