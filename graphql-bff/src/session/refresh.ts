import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Oidc } from './oidc.ts'
import { refreshed, type Session } from './session.ts'
import { type Found, type Sessions, tell } from './sessions.ts'
import type { SessionStore } from './store.ts'

type Options = {
  sessions: Sessions
  store: Pick<SessionStore, 'lock' | 'unlock'>
  oidc: Pick<Oidc, 'refresh'>
  log: Log
  /** A replica that dies with the lock blocks the others for this long. */
  lockMs?: number
}

/** Longer than the timeout of the identity service, with time left to store the answer. */
const LOCK_MS = 20_000
/** The lock is released by then at the latest: after a pause of this process another one may hold it. */
const SEND_WITHIN_MS = 2_000
const POLL_MS = 50
/** Maximum wait for the refresh of another request. */
const WAIT_MS = 5_000
/** After a failure the identity service is not called for this long. */
const PAUSE_MS = 1_000

/** Returns a session with an access token that can be sent; `undefined` when the session has ended. */
export type Refresh = (found: Found) => Promise<Session | undefined>

/**
 * Refreshes each access token once: a single request over all replicas does it shortly before the token expires, while
 * the others use the current one; once it has expired, they wait for that request.
 * @throws {ProblemError} `UPSTREAM_UNAVAILABLE` when the token has expired and cannot be refreshed now: the session
 * remains
 * @throws {UpstreamError} when the store cannot be reached
 */
export function createRefresh({ sessions, store, oidc, log, lockMs = LOCK_MS }: Options): Refresh {
  const running = new Map<string, Promise<Session | undefined>>()

  return async ({ key, session }) => {
    const { refresh, refreshFrom, goodUntil } = session.tokens
    // biome-ignore lint/plugin: in the session, which any replica reads
    const now = Date.now()
    if (now < refreshFrom || (refresh === undefined && now < goodUntil)) return session
    const result = shared(key)
    if (now >= goodUntil) return result
    result.catch((error: unknown) => log.warn({ err: error }, 'early token refresh failed'))
    return session
  }

  /** One refresh per session in this process; a failure is cached for a moment. */
  function shared(key: string): Promise<Session | undefined> {
    const started = running.get(key) ?? attempt(key)
    if (running.has(key)) return started
    running.set(key, started)
    const forget = () => running.delete(key)
    started.then(forget, () => setTimeout(forget, PAUSE_MS).unref())
    return started
  }

  async function attempt(key: string): Promise<Session | undefined> {
    const name = `refresh:${key}`
    const giveUpAt = performance.now() + WAIT_MS
    for (;;) {
      const lockedAt = performance.now()
      const owner = await store.lock(name, lockMs)
      // Read after acquiring the lock: its previous holder may have refreshed.
      const session = (await sessions.byKey(key))?.session
      // biome-ignore lint/plugin: in the session, which any replica reads
      const due = session !== undefined && Date.now() >= session.tokens.refreshFrom
      if (owner !== undefined && !due) await store.unlock(name, owner)
      if (!due) return session
      if (owner !== undefined) return exchange({ key, session, name, owner, lockedAt })
      // biome-ignore lint/plugin: in the session, which any replica reads
      if (Date.now() < session.tokens.goodUntil) return session
      if (performance.now() > giveUpAt) throw notNow('another request is refreshing it')
      await sleep(POLL_MS)
    }
  }

  type Held = { key: string; session: Session; name: string; owner: string; lockedAt: number }

  async function exchange({ key, session, name, owner, lockedAt }: Held): Promise<Session | undefined> {
    const { refresh, id, goodUntil } = session.tokens
    if (refresh === undefined || performance.now() - lockedAt > Math.min(SEND_WITHIN_MS, lockMs / 2)) {
      await store.unlock(name, owner)
      throw notNow('the lock was acquired too late')
    }
    const answer = await oidc.refresh(refresh, session.user.id, id)
    if (answer.outcome === 'granted') {
      tell('refreshed')
      const next = refreshed(session, answer.grant)
      const kept = await keep(key, next, lockedAt + lockMs)
      await store.unlock(name, owner)
      return kept ? next : undefined
    }
    if (answer.outcome === 'refused') {
      tell('refused')
      await sessions.end(key)
      await store.unlock(name, owner)
      log.info('session ended: the identity service refused to refresh its token')
      return undefined
    }
    tell('refresh-failed')
    // A token that may have been used is not sent again while the current one is valid: reuse revokes the whole
    // family.
    // biome-ignore lint/plugin: in the session, which any replica reads
    const untilExpiry = answer.outcome === 'unknown' ? goodUntil - Date.now() : 0
    await store.unlock(name, owner, Math.max(PAUSE_MS, untilExpiry))
    throw notNow('the identity service does not refresh it', answer.error)
  }

  /** Stores tokens that cannot be obtained again, with retries while the lock is held. */
  async function keep(key: string, session: Session, untilMs: number): Promise<boolean> {
    for (;;)
      try {
        return await sessions.replace(key, session)
      } catch (error) {
        if (performance.now() > untilMs) throw error
        await sleep(POLL_MS)
      }
  }
}

const notNow = (why: string, cause?: unknown) =>
  new ProblemError('UPSTREAM_UNAVAILABLE', undefined, { cause: new Error(why, { cause }), retryAfterS: 1 })
