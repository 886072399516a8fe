import { createHash, randomBytes } from 'node:crypto'
import type { Seal } from '@harbor/shared-runtime/seal'
import { type SessionEvent, sessionEvents } from '@harbor/shared-runtime/telemetry/sessions'
import { type Grant, Session, type SessionLimits, sessionOf } from './session.ts'
import type { SessionStore } from './store.ts'

/** A session with its key in the store. */
export type Found = {
  readonly key: string
  readonly session: Session
  /** When it ends without further use. */
  readonly idleExpiresAt: number
}

/** The sessions of all logged-in users. @throws {UpstreamError} when the store cannot be reached */
export type Sessions = ReturnType<typeof createSessions>

const ID_BYTES = 32
const ID_FORM = /^[\w-]{43}$/

/**
 * Sessions by an id that only the browser has. The store has a hash of the id, and the session sealed for that hash: a
 * reader of the store gets neither sessions nor tokens, and a writer cannot swap users.
 */
export function createSessions(store: SessionStore, seal: Seal, limits: SessionLimits) {
  async function read(key: string, prolongMs?: number): Promise<Found | undefined> {
    const kept = await store.get(key, prolongMs)
    if (!kept) return undefined
    const opened = seal.open(kept.sealed, context(key))
    if (opened === undefined) return undefined
    // A different shape was stored by another version of this process: the session has ended.
    const { data: session } = Session.safeParse(JSON.parse(opened))
    // biome-ignore lint/plugin: in the session, which any replica reads
    if (!session || session.expiresAt <= Date.now()) return undefined
    // biome-ignore lint/plugin: in the session, which any replica reads
    return { key, session, idleExpiresAt: Math.min(Date.now() + kept.leftMs, session.expiresAt) }
  }

  return {
    /** Starts a session under a new id, which it returns: 256 random bits. */
    async begin(grant: Grant): Promise<string> {
      const id = randomBytes(ID_BYTES).toString('base64url')
      const key = keyOf(id)
      const session = sessionOf(grant, limits)
      const { user, sid, expiresAt } = session
      // biome-ignore lint/plugin: in the session, which any replica reads
      const maxMs = expiresAt - Date.now()
      const groups = [userGroup(user.id), ...(sid === undefined ? [] : [sidGroup(sid)])]
      const idleMs = Math.min(limits.idleMs, maxMs)
      await store.put(key, seal.seal(JSON.stringify(session), context(key)), { idleMs, maxMs, groups })
      tell('begun')
      return id
    },
    /** The session of an id; the lookup prolongs it. */
    use: async (id: string) => (ID_FORM.test(id) ? read(keyOf(id), limits.idleMs) : undefined),
    /** The same without prolonging it. */
    look: async (id: string) => (ID_FORM.test(id) ? read(keyOf(id)) : undefined),
    byKey: (key: string) => read(key),
    /** Stores a session with new tokens; `false` when it has ended meanwhile, and then it stays ended. */
    replace: (key: string, session: Session) =>
      store.replace(key, seal.seal(JSON.stringify(session), context(key))),
    async end(key: string) {
      await store.remove(key)
      tell('ended')
    },
    /** Ends all sessions of a group and returns them. */
    async endAll(group: string): Promise<readonly Session[]> {
      const ended = await Promise.all(
        (await store.members(group)).map(async (key) => {
          const found = await read(key)
          await store.remove(key)
          if (found) tell('ended')
          return found?.session
        }),
      )
      return ended.filter((session) => session !== undefined)
    },
  }
}

/** Publishes what happened to a session. */
export function tell(event: SessionEvent['event']): void {
  if (sessionEvents.hasSubscribers) sessionEvents.publish({ event })
}

/** The key of a session id in the store. */
export const keyOf = (id: string) => hash('session', id)

/** All sessions of a user. */
export const userGroup = (userId: string) => hash('user', userId)

/** All sessions created from one session of the identity service. */
export const sidGroup = (sid: string) => hash('sid', sid)

const hash = (kind: string, value: string) =>
  createHash('sha256').update(`${kind}:${value}`).digest('base64url')

const context = (key: string) => `session:${key}`
