import { boundedLru } from '@harbor/shared-runtime/cache/bounded-lru'
import { isUserRefused, UpstreamError } from '@harbor/shared-runtime/errors'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { ServiceName } from '../services.ts'
import type { ExchangeToken } from './token-exchange.ts'

/**
 * Gives the token with which a request may call a service. `refused`: a token that the service did not accept; it
 * is not given out again, unless another was obtained for that reason a moment ago.
 */
export type InternalTokens = (
  context: RequestContext,
  audience: ServiceName,
  signal: AbortSignal,
  refused?: string,
) => Promise<string>

/** A token is renewed after 40 to 60 % of its life, so that identity may be down for the rest of it. */
const RENEW = { from: 0.4, spread: 0.2 }
/** Milliseconds before its end when a token is no longer sent: it must still be valid when it arrives. */
const END_MARGIN_MS = 1_000
/** A renewal that failed is tried again by a request after this many milliseconds, and up to as many more. */
const RETRY_MS = 1_000
/** Renewals at a time: after an outage they must not become the next one. */
const MAX_RENEWALS = 16
/** A service that refuses every token causes at most one exchange in this time per user. */
const REPLACE_MS = 10_000
/** A request waits this long for identity before it uses the user's token of a moment ago, if there is one. */
const PATIENCE_MS = 100
/** Users and services that tokens are stored for. */
const MAX_SLOTS = 20_000
/** Tokens of one user for one service: one for each device or session that the user has open. */
const MAX_PER_SLOT = 4

/** Instants are of `performance.now()`. */
type Entry = {
  readonly token: string
  readonly goodUntil: number
  /** When the next request has it renewed. */
  renewFrom: number
  /** When it took the place of a token that the service had refused. */
  readonly replacedAt: number
  /** What the internal token says of its user. */
  readonly claims: string
}

/** One user's tokens for one service, by the access token that each was obtained with. */
type Slot = Map<string, Entry>

/**
 * Internal tokens (RFC 8693): the user as subject, this BFF as actor, one service as audience; by client
 * credentials where no user is behind the call. A token is stored per user, service and access token, and used to
 * its end; it is renewed ahead, beside the requests, so that only the first request of a user waits for identity.
 *
 * While identity cannot be reached, a user whose access token was just refreshed continues with the internal token
 * of the one before, if that said the same about the user.
 */
export function createInternalTokens(exchange: ExchangeToken): InternalTokens {
  const slots = boundedLru<string, Slot>(MAX_SLOTS)
  const running = new Map<string, Promise<string>>()
  let renewals = 0

  return (context, audience, signal, refused) => {
    const { viewer } = context
    const slotKey = viewer === undefined ? audience : `${audience} ${viewer.id}`
    const subject = viewer?.token ?? ''
    const now = performance.now()
    const entry = slots.get(slotKey)?.get(subject)
    if (entry && isUsable(entry, now, refused)) {
      if (now >= entry.renewFrom) renewAhead(slotKey, entry, context, audience)
      return Promise.resolve(entry.token)
    }
    if (signal.aborted) return Promise.reject(signal.reason)
    const obtained = obtain(slotKey, context, audience, entry ? now : Number.NEGATIVE_INFINITY)
    const before = refused === undefined ? sameUsers(slotKey, context, now) : undefined
    return abandonable(before ? orSoon(obtained, before) : obtained, signal)
  }

  /** Has a token renewed while it is still used. */
  function renewAhead(slotKey: string, entry: Entry, context: RequestContext, audience: ServiceName): void {
    if (renewals >= MAX_RENEWALS) return
    entry.renewFrom = performance.now() + RETRY_MS * (1 + Math.random())
    renewals++
    obtain(slotKey, context, audience, entry.replacedAt)
      .catch((error: unknown) => {
        // Identity has ended the user's access token: what was obtained with it ends, too.
        if (isUserRefused(error)) slots.get(slotKey)?.delete(context.viewer?.token ?? '')
      })
      .finally(() => renewals--)
  }

  /** One exchange at a time for a user, service and access token, whoever waits for it. */
  function obtain(
    slotKey: string,
    { viewer }: RequestContext,
    audience: ServiceName,
    replacedAt: number,
  ): Promise<string> {
    const subject = viewer?.token ?? ''
    const key = `${slotKey} ${subject}`
    const started = running.get(key)
    if (started) return started
    const sentAt = performance.now()
    const obtained = exchange(audience, viewer?.token)
      .then(({ access_token: token, expires_in }) => {
        const lifeMs = expires_in * 1000
        const goodUntil = sentAt + lifeMs - Math.min(END_MARGIN_MS, lifeMs / 10)
        const renewFrom = sentAt + lifeMs * (RENEW.from + RENEW.spread * Math.random())
        store(slotKey, subject, { token, goodUntil, renewFrom, replacedAt, claims: claimsOf(viewer) })
        return token
      })
      .finally(() => running.delete(key))
    running.set(key, obtained)
    return obtained
  }

  function store(slotKey: string, subject: string, entry: Entry): void {
    const slot: Slot = slots.get(slotKey) ?? new Map()
    slot.delete(subject)
    slot.set(subject, entry)
    const [oldest] = slot.keys()
    if (slot.size > MAX_PER_SLOT && oldest !== undefined) slot.delete(oldest)
    slots.set(slotKey, slot)
  }

  /** The newest token that another access token of the same user, with the same rights, was exchanged for. */
  function sameUsers(slotKey: string, { viewer }: RequestContext, now: number): string | undefined {
    if (viewer === undefined) return undefined
    const claims = claimsOf(viewer)
    const entries = [...(slots.get(slotKey)?.entries() ?? [])]
    const found = entries.findLast(
      ([subject, entry]) => subject !== viewer.token && entry.claims === claims && now < entry.goodUntil,
    )
    return found?.[1].token
  }
}

const isUsable = (entry: Entry, now: number, refused: string | undefined): boolean =>
  now < entry.goodUntil && (entry.token !== refused || now - entry.replacedAt < REPLACE_MS)

const claimsOf = (viewer: RequestContext['viewer']): string =>
  viewer === undefined
    ? ''
    : JSON.stringify([viewer.clientId, [...viewer.roles].sort(), [...viewer.scopes].sort()])

/** The token of an exchange; another one when identity cannot be reached or takes too long. */
function orSoon(obtained: Promise<string>, another: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const timer = setTimeout(resolve, PATIENCE_MS, another)
  obtained
    .then(resolve, (error: unknown) =>
      error instanceof UpstreamError && error.retryable ? resolve(another) : reject(error),
    )
    .finally(() => clearTimeout(timer))
  return promise
}

/** A caller may stop waiting; the exchange continues for the others. */
function abandonable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
