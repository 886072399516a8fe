import { ROLES, SCOPES, type Viewer } from '@harbor/shared-runtime/auth'
import { UserId } from '@harbor/shared-runtime/user-id'
import { z } from 'zod'

/** An instant in milliseconds since 1970, because replicas must agree on it. */
const Instant = z.number()

const Tokens = z.object({
  access: z.string(),
  /** From then on it is refreshed although it is still valid. */
  refreshFrom: Instant,
  /** It is sent until then. */
  goodUntil: Instant,
  refresh: z.string().optional(),
  id: z.string(),
})

/** Data of a logged-in user, stored on the server only. */
export const Session = z.object({
  user: z.object({
    id: UserId,
    name: z.string().optional(),
    roles: z.array(z.enum(ROLES)),
    scopes: z.array(z.enum(SCOPES)),
    clientId: z.string(),
  }),
  /** The identity service's session id, which back-channel log-out refers to. */
  sid: z.string().optional(),
  tokens: Tokens,
  /** The absolute end, whether used or not. */
  expiresAt: Instant,
})
export type Session = z.infer<typeof Session>

/** The answer of the identity service to a log-in or a refresh. */
export type Grant = Pick<Session, 'user' | 'sid'> & {
  readonly access: string
  readonly id: string
  readonly refresh: string | undefined
  /** Seconds. */
  readonly accessLifetime: number
  /** Seconds, if the identity service states it. */
  readonly refreshLifetime: number | undefined
}

/** Lifetimes of a session, in milliseconds. */
export type SessionLimits = {
  /** Maximum time without a request. */
  readonly idleMs: number
  /** Maximum in total. */
  readonly maxMs: number
  /** Lifetime of a refresh token when the identity service does not state it. */
  readonly refreshTokenMs: number
}

/** Longer than a restart of identity, and than the pause of a user of the dashboard between two requests. */
const REFRESH_EARLY_MS = 150_000
/** Sessions created together are not all refreshed together: each is delayed by up to this share. */
const REFRESH_SPREAD = 0.2
/** Not sent in its last seconds: it must still be valid on arrival. */
const MARGIN_MS = 5_000

/** The session of a log-in. It ends no later than its refresh token, or than its access token without one. */
// biome-ignore lint/plugin: in the session, which any replica reads
export function sessionOf(grant: Grant, limits: SessionLimits, now = Date.now()): Session {
  const tokens = tokensOf(grant, now)
  const refreshEnds = refreshEnd(grant, now) ?? now + limits.refreshTokenMs
  const tokensEnd = tokens.refresh === undefined ? tokens.goodUntil : refreshEnds
  const expiresAt = Math.min(now + limits.maxMs, tokensEnd)
  return { user: grant.user, sid: grant.sid, tokens, expiresAt }
}

/** The session with new tokens: its end may move earlier, never later (RFC 10017, refresh tokens). */
// biome-ignore lint/plugin: in the session, which any replica reads
export function refreshed(session: Session, grant: Grant, now = Date.now()): Session {
  const tokens = tokensOf(grant, now)
  const expiresAt = Math.min(session.expiresAt, refreshEnd(grant, now) ?? Number.POSITIVE_INFINITY)
  return {
    ...session,
    user: { ...grant.user, name: grant.user.name ?? session.user.name },
    // Without rotation the answer has no refresh token.
    tokens: { ...tokens, refresh: tokens.refresh ?? session.tokens.refresh },
    expiresAt,
  }
}

/** The user of a session, as a viewer. */
export const viewerOf = ({ user: { id, roles, scopes, clientId }, tokens }: Session): Viewer => ({
  id,
  roles: new Set(roles),
  scopes: new Set(scopes),
  clientId,
  token: tokens.access,
})

function tokensOf({ access, refresh, id, accessLifetime }: Grant, now: number) {
  const lifeMs = accessLifetime * 1000
  return {
    access,
    refreshFrom: now + lifeMs - Math.min(REFRESH_EARLY_MS, lifeMs / 2) * (1 - REFRESH_SPREAD * Math.random()),
    goodUntil: now + lifeMs - Math.min(MARGIN_MS, lifeMs / 20),
    refresh,
    id,
  }
}

const refreshEnd = ({ refreshLifetime }: Grant, now: number) =>
  refreshLifetime === undefined ? undefined : now + refreshLifetime * 1000
