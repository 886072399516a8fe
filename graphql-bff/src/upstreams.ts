import type { CheckoutClients } from '@harbor/shared-checkout'
import type { Clients } from '@harbor/shared-clients'
import type { RequestContext } from '@harbor/shared-runtime/request-context'

/** What the web BFF uses of the domain services, beside a checkout: everything else is out of its reach. */
type Used = {
  cart: 'ofCustomer' | 'rows' | 'addLine' | 'setQuantity' | 'removeLine'
  catalog: 'byIds' | 'list' | 'search' | 'categories' | 'rows'
  customers: 'byIds' | 'rows' | 'setPreferences'
  inventory: 'stock' | 'rows' | 'setStock'
  notifications: 'ofCustomer' | 'markRead'
  orders: 'ofCustomer' | 'rows' | 'auditEvents'
  payments: 'rows'
  pricing: 'prices' | 'rows' | 'quote'
  promotions: 'rows'
  recommendations: 'forCustomer' | 'forProducts'
  reviews: 'ofProducts' | 'rows'
  shipping: 'ofOrders' | 'rows'
  tax: 'rows'
  telemetry: 'devicesOf' | 'latest'
}

export type Upstreams = {
  readonly [Name in keyof Used]: Pick<Clients[Name], Used[Name] & keyof Clients[Name]>
} & CheckoutClients

/** The clients of one request; `optional` are those for fields that are `null` when they are not available. */
export type RequestUpstreams = Upstreams & { readonly optional: Upstreams }

/** Gives the clients of one request. */
export type UpstreamSet = { forRequest(context: RequestContext): RequestUpstreams }
