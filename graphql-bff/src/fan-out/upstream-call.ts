import type { Upstreams } from '../upstreams.ts'

/** A call of a domain service, as `catalog.byIds`: the service and the method of its client. */
export type UpstreamCall = {
  [Name in keyof Upstreams]: `${Name}.${Extract<keyof Upstreams[Name], string>}`
}[keyof Upstreams]

/** Keys that every domain service takes in one call; a client makes several calls for more. */
export const MAX_KEYS = 100

/** Made through a loader of many keys: one call for all that is asked for in the same turn. */
const BATCHED: ReadonlySet<string> = new Set<UpstreamCall>([
  'catalog.byIds',
  'pricing.prices',
  'inventory.stock',
  'reviews.ofProducts',
  'recommendations.forProducts',
  'customers.byIds',
  'shipping.ofOrders',
  'telemetry.latest',
])

/** Made through a loader whose one key is the viewer, or the cart of the viewer. */
const OF_THE_VIEWER: ReadonlySet<string> = new Set<UpstreamCall>([
  'cart.ofCustomer',
  'pricing.quote',
  'recommendations.forCustomer',
  'notifications.ofCustomer',
])

/** How a call is made: by a loader, or by each field that asks for it. */
export const howMade = (call: UpstreamCall): 'batched' | 'of the viewer' | 'each' =>
  BATCHED.has(call) ? 'batched' : OF_THE_VIEWER.has(call) ? 'of the viewer' : 'each'

/** Calls by name. */
export type FanOut = ReadonlyMap<UpstreamCall, number>

/** As written into a manifest and shown to operators: `{ "catalog.byIds": 1 }`, in the order of the names. */
export const asRecord = (fanOut: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...fanOut].toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** All calls together. */
export const totalOf = (fanOut: ReadonlyMap<string, number>): number =>
  fanOut.values().reduce((sum, calls) => sum + calls, 0)
