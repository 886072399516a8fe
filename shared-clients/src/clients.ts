import type { Cache } from '@harbor/shared-runtime/cache'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { JSONWebKeySet } from 'jose'
import { type Authentications, tokensBy } from './call/authentication.ts'
import type { UpstreamState } from './call/chain.ts'
import type { ClientDefinition } from './call/client.ts'
import { createInternalTokens } from './call/internal-tokens.ts'
import { createTokenExchange } from './call/token-exchange.ts'
import { requestClients } from './request-clients.ts'
import { analytics } from './services/analytics.ts'
import { cart } from './services/cart.ts'
import { catalog } from './services/catalog.ts'
import { customers } from './services/customers.ts'
import { fraud } from './services/fraud.ts'
import { openIdentity } from './services/identity.ts'
import { inventory } from './services/inventory.ts'
import { notifications } from './services/notifications.ts'
import { orders } from './services/orders.ts'
import { payments } from './services/payments.ts'
import { pricing } from './services/pricing.ts'
import { promotions } from './services/promotions.ts'
import { recommendations } from './services/recommendations.ts'
import { reviews } from './services/reviews.ts'
import { shipping } from './services/shipping.ts'
import { tax } from './services/tax.ts'
import { telemetry } from './services/telemetry.ts'
import type { Addresses } from './services.ts'

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
export type Clients = { readonly [Name in keyof typeof CLIENTS]: ApiOf<(typeof CLIENTS)[Name]> } & {
  /** The same clients for what the answer can do without: a call that no longer fits is not made. */
  readonly optional: Clients
}

/** The connections of a process to the domain services. */
export type ClientSet = {
  /** The clients of one request: its user, deadline, cancellation and trace go with every call. */
  forRequest(context: RequestContext): Clients
  /** The keys with which identity signs access tokens. */
  identityKeys(): Promise<JSONWebKeySet>
  /** How each upstream is, as far as this process knows: for `/readyz` and metrics. */
  states(): Readonly<Record<string, UpstreamState>>
  /** Finishes what runs and closes the connections. */
  close(): Promise<void>
}

type Options = {
  /** Where each service is; of identity, its issuer. */
  addresses: Addresses
  /** Further origins that endpoints of identity may have. */
  identityOrigins?: readonly string[] | undefined
  /** How each service learns who calls; by token exchange where nothing is said. */
  authentication?: Partial<Authentications> | undefined
  /** This BFF, as identity knows it. */
  clientId: string
  clientSecret: string
  /** Keeps what all users may see (catalog, reviews, prices, stock, promotions); without it every read is a call. */
  cache?: Cache | undefined
  /** Milliseconds that every call has at least. For tests that are not about time: 200 ms are short on a busy machine. */
  leastTimeoutMs?: number | undefined
}

/** Opens one connection pool or channel a service; connects on the first call. */
export function createClients({
  addresses,
  identityOrigins,
  authentication,
  clientId,
  clientSecret,
  cache,
  leastTimeoutMs,
}: Options): ClientSet {
  const identity = openIdentity({ issuer: addresses.identity, origins: identityOrigins })
  const tokens = createInternalTokens(createTokenExchange({ identity, clientId, clientSecret }))
  const opened = new Map(
    Object.entries<ClientDefinition<unknown>>(CLIENTS).map(([name, { upstream, open }]) => [
      name,
      open(
        addresses[upstream],
        tokensBy(authentication?.[upstream] ?? 'exchange', tokens),
        cache,
        leastTimeoutMs,
      ),
    ]),
  )
  const RequestClients = requestClients(opened)

  return {
    forRequest: (context) => {
      const clients: object = new RequestClients(context)
      // Its getters are made in a loop over CLIENTS, which the compiler cannot follow.
      return clients as Clients
    },
    identityKeys: () => identity.keys(),
    states: () => Object.fromEntries([...opened].map(([name, client]) => [name, client.state()])),
    async close() {
      await Promise.all([identity.close(), ...[...opened.values()].map((client) => client.close())])
    },
  }
}
