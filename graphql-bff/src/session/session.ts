import { ROLES, SCOPES, type Viewer } from '@harbor/shared-runtime/auth'
import { UserId } from '@harbor/shared-runtime/user-id'
import { z } from 'zod'

/** An instant, in milliseconds since 1970: replicas have to agree on it. */
const Instant = z.number()

const Tokens = z.object({
  access: z.string(),
  /** From then on it is refreshed while it is still good. */
  refreshFrom: Instant,
  /** Until then it may be sent. */
  goodUntil: Instant,
  refresh: z.string().optional(),
  id: z.string(),
})

/** What is kept of someone who is logged in, on the server only. */
export const Session = z.object({
  user: z.object({
    id: UserId,
    name: z.string().optional(),
    roles: z.array(z.enum(ROLES)),
    scopes: z.array(z.enum(SCOPES)),
    clientId: z.string(),
  }),
  /** The identity service's session: back-channel log-out names it. */
  sid: z.string().optional(),
  tokens: Tokens,
  /** The absolute end, used or not. */
  expiresAt: Instant,
})
export type Session = z.infer<typeof Session>

/** What the identity service gave, at log-in or by a refresh. */
export type Grant = Pick<Session, 'user' | 'sid'> & {
  readonly access: string
  readonly id: string
  readonly refresh: string | undefined
  /** Seconds. */
  readonly accessLifetime: number
  /** Seconds, where the identity service says so. */
  readonly refreshLifetime: number | undefined
}

/** How long a session lives, in milliseconds. */
export type SessionLimits = {
  /** Without a request. */
  readonly idleMs: number
  /** In all. */
  readonly maxMs: number
  /** What a refresh token lives for, where the identity service does not say so. */
  readonly refreshTokenMs: number
}

/** Longer than identity is away when it restarts, and than a user of the dashboard is between two requests. */
const REFRESH_EARLY_MS = 150_000
/** Sessions that began at one moment are not all refreshed at one moment: up to this share of it later. */
const REFRESH_SPREAD = 0.2
/** Not sent in its last seconds: it must still be valid when it arrives. */
const MARGIN_MS = 5_000

/** The session of a log-in. It ends no later than its refresh token, or its access token when it has none. */
// biome-ignore lint/plugin: in the session, which any replica reads
export function sessionOf(grant: Grant, limits: SessionLimits, now = Date.now()): Session {
  const tokens = tokensOf(grant, now)
  const refreshEnds = refreshEnd(grant, now) ?? now + limits.refreshTokenMs
  const tokensEnd = tokens.refresh === undefined ? tokens.goodUntil : refreshEnds
  const expiresAt = Math.min(now + limits.maxMs, tokensEnd)
  return { user: grant.user, sid: grant.sid, tokens, expiresAt }
}

/** The session with fresh tokens: its end may come nearer, never go further away (RFC 10017, refresh tokens). */
// biome-ignore lint/plugin: in the session, which any replica reads
export function refreshed(session: Session, grant: Grant, now = Date.now()): Session {
  const tokens = tokensOf(grant, now)
  const expiresAt = Math.min(session.expiresAt, refreshEnd(grant, now) ?? Number.POSITIVE_INFINITY)
  return {
    ...session,
    user: { ...grant.user, name: grant.user.name ?? session.user.name },
    // Who does not rotate them sends none.
    tokens: { ...tokens, refresh: tokens.refresh ?? session.tokens.refresh },
    expiresAt,
  }
}

/** The user of a session as the rest of the BFF sees who asks. */
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
