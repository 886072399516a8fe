import type { PublicLifetime } from '@harbor/shared-edge/caching/cache-policy'

// How long what everybody may see is fresh, by where it comes from. Events purge shared caches at each change of a
// product, its price or its stock; a browser is told of nothing, so its own time is short where that matters.

const STALE_IF_ERROR = 86_400

/** Texts, pictures, reviews, what goes with a product. */
export const TEXTS: PublicLifetime = {
  maxAge: 60,
  sharedMaxAge: 300,
  staleWhileRevalidate: 600,
  staleIfError: STALE_IF_ERROR,
}

export const PRICES: PublicLifetime = {
  maxAge: 30,
  sharedMaxAge: 300,
  staleWhileRevalidate: 60,
  staleIfError: STALE_IF_ERROR,
}

export const STOCK: PublicLifetime = {
  maxAge: 5,
  sharedMaxAge: 300,
  staleWhileRevalidate: 30,
  staleIfError: STALE_IF_ERROR,
}

/** Pages of products, and what is counted over them. */
export const LISTS: PublicLifetime = {
  maxAge: 30,
  sharedMaxAge: 120,
  staleWhileRevalidate: 60,
  staleIfError: STALE_IF_ERROR,
}
