import type { ClientSet as DomainClientSet, Clients as DomainClients } from '@harbor/shared-clients'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { Offline } from './offline/index.ts'

/** Clients for a screen: the domain services, and the data that this BFF stores for offline apps. */
export type Clients = DomainClients & { readonly offline: Offline }

export type ClientSet = {
  /** The clients of one request: its user, deadline, cancellation and trace apply to every call. */
  forRequest(context: RequestContext): Clients
}

export const withOffline = (clients: DomainClientSet, offline: Offline): ClientSet => ({
  forRequest: (context) => Object.assign(clients.forRequest(context), { offline }),
})
