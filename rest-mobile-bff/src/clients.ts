import type { ClientSet as DomainClientSet, Clients as DomainClients } from '@harbor/shared-clients'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { Offline } from './offline/index.ts'

/** What a screen may ask: the domain services, and what this BFF keeps for apps that are off the network. */
export type Clients = DomainClients & { readonly offline: Offline }

export type ClientSet = {
  /** The clients of one request: its user, deadline, cancellation and trace go with every call. */
  forRequest(context: RequestContext): Clients
}

export const withOffline = (clients: DomainClientSet, offline: Offline): ClientSet => ({
  forRequest: (context) => Object.assign(clients.forRequest(context), { offline }),
})
