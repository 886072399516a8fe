import type { Locale } from '@harbor/shared-runtime/locale'
import type { RequestContext } from '@harbor/shared-runtime/request-context'

/** What a BFF provides to its screens and actions. */
export type Kit = {
  /** Clients for one request; `optional`: clients whose calls are skipped when they no longer fit the budget. */
  readonly clients: { readonly optional: object }
  /** Formats values for people, in projections. */
  readonly format: object
  /** Tools of actions beside the clients. */
  readonly tools: object
}

/** The clients of a process. */
export type ClientSet<K extends Kit> = {
  /** The clients of one request: its user, deadline, cancellation and trace apply to every call. */
  forRequest(context: RequestContext): K['clients']
}

/** @param now the instant from which relative labels count */
export type CreateFormat<K extends Kit> = (locale: Locale, now?: Date) => K['format']
