import { randomBytes } from 'node:crypto'
import { ROLES } from '@harbor/shared-runtime/auth'
import { createLog } from '@harbor/shared-runtime/log'
import { createSeal } from '@harbor/shared-runtime/seal'
import { UserId } from '@harbor/shared-runtime/user-id'
import { createSessionBoundary } from '../src/session/index.ts'
import { createOidc, type Oidc } from '../src/session/oidc.ts'
import type { Grant } from '../src/session/session.ts'
import type { SessionStore } from '../src/session/store.ts'
import { createMemoryStore } from '../src/session/store-memory.ts'

/** Where users of the tests find the BFF. */
export const ORIGIN = 'http://localhost:4000'

export const LIMITS = { idleMs: 30 * 60_000, maxMs: 12 * 3_600_000, refreshTokenMs: 336 * 3_600_000 }

/** A grant for an hour. */
export const grantFor = (roles: readonly string[], differing: Partial<Grant> = {}): Grant => ({
  user: {
    id: UserId.parse('c1001'),
    name: 'Ada L.',
    roles: ROLES.filter((role) => roles.includes(role)),
    scopes: [],
    clientId: 'web-bff',
  },
  sid: 'sid-1',
  access: `access-of-${roles.join('+')}`,
  refresh: 'refresh-1',
  id: 'id-token',
  accessLifetime: 3600,
  refreshLifetime: undefined,
  ...differing,
})

/** Sessions over a store in memory, with an identity service that is not there unless a test brings one. */
export function testSession({
  store = createMemoryStore(),
  origin = ORIGIN,
  ...differing
}: { store?: SessionStore; origin?: string } & Partial<Oidc> = {}) {
  const nowhere = createOidc({
    issuer: 'http://127.0.0.1:1',
    clientId: 'web-bff',
    clientSecret: 'web-bff-secret',
    origin: () => origin,
    verify: () => Promise.reject(new Error('no token is verified here')),
  })
  const boundary = createSessionBoundary({
    store,
    seal: createSeal([randomBytes(32)]),
    limits: LIMITS,
    oidc: { ...nowhere, ...differing },
    origin: () => origin,
    log: createLog('test', 'silent'),
  })
  return {
    boundary,
    /** The `Cookie` header of someone who has just logged in, by their roles: `staff+finance`. */
    async cookieOf(roles: string, grant: Partial<Grant> = {}): Promise<string> {
      const id = await boundary.sessions.begin(grantFor(roles.split('+'), grant))
      return `${origin.startsWith('https:') ? '__Host-Http-session' : 'dev-session'}=${id}`
    },
  }
}
