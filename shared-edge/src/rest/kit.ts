import type { Locale } from '@harbor/shared-runtime/locale'
import type { RequestContext } from '@harbor/shared-runtime/request-context'

/** What a BFF gives to its screens and actions. */
export type Kit = {
  /** What they may ask, for one request; `optional`: the clients whose calls are not made when they no longer fit. */
  readonly clients: { readonly optional: object }
  /** How projections show values to a person. */
  readonly format: object
  /** What actions may use beside the clients. */
  readonly tools: object
}

/** The clients of a process. */
export type ClientSet<K extends Kit> = {
  /** The clients of one request: its user, deadline, cancellation and trace go with every call. */
  forRequest(context: RequestContext): K['clients']
}

/** @param now the instant from which relative labels count */
export type CreateFormat<K extends Kit> = (locale: Locale, now?: Date) => K['format']
