import type { Clients } from '@harbor/shared-clients'
import type { RequestContext } from '@harbor/shared-runtime/request-context'

/** What the web BFF uses of the domain services: everything else is out of its reach. */
export type Upstreams = {
  readonly cart: Pick<Clients['cart'], 'ofCustomer'>
  readonly catalog: Pick<Clients['catalog'], 'byIds'>
  readonly customers: Pick<Clients['customers'], 'byIds'>
  readonly inventory: Pick<Clients['inventory'], 'stock'>
  readonly notifications: Pick<Clients['notifications'], 'ofCustomer'>
  readonly orders: Pick<Clients['orders'], 'ofCustomer'>
  readonly pricing: Pick<Clients['pricing'], 'prices' | 'quote'>
  readonly recommendations: Pick<Clients['recommendations'], 'forCustomer' | 'forProducts'>
  readonly reviews: Pick<Clients['reviews'], 'ofProducts'>
}

/** The clients of one request; `optional` are those for fields that are `null` when they are not available. */
export type RequestUpstreams = Upstreams & { readonly optional: Upstreams }

/** Gives the clients of one request. */
export type UpstreamSet = { forRequest(context: RequestContext): RequestUpstreams }
