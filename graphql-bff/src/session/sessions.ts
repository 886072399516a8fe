import { createHash, randomBytes } from 'node:crypto'
import type { Seal } from '@harbor/shared-runtime/seal'
import { type Grant, Session, type SessionLimits, sessionOf } from './session.ts'
import type { SessionStore } from './store.ts'

/** A session with its place in the store. */
export type Found = {
  readonly key: string
  readonly session: Session
  /** When it ends unless it is used. */
  readonly idleExpiresAt: number
}

/** The sessions of all who are logged in. @throws {UpstreamError} when the store cannot be reached */
export type Sessions = ReturnType<typeof createSessions>

const ID_BYTES = 32
const ID_FORM = /^[\w-]{43}$/

/**
 * Sessions by the id that only the browser has: the store has a hash of it, and the session sealed for that
 * hash, so a store that is read gives neither a session nor a token, and one that is written to no other user.
 */
export function createSessions(store: SessionStore, seal: Seal, limits: SessionLimits) {
  async function read(key: string, prolongMs?: number): Promise<Found | undefined> {
    const kept = await store.get(key, prolongMs)
    if (!kept) return undefined
    const opened = seal.open(kept.sealed, context(key))
    if (opened === undefined) return undefined
    // Of another shape it was kept by another version of this process: it has ended.
    const { data: session } = Session.safeParse(JSON.parse(opened))
    // biome-ignore lint/plugin: in the session, which any replica reads
    if (!session || session.expiresAt <= Date.now()) return undefined
    // biome-ignore lint/plugin: in the session, which any replica reads
    return { key, session, idleExpiresAt: Math.min(Date.now() + kept.leftMs, session.expiresAt) }
  }

  return {
    /** Begins a session under a new id, which it gives: 256 random bits. */
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
      return id
    },
    /** The session of an id, which lives on for being used. */
    use: async (id: string) => (ID_FORM.test(id) ? read(keyOf(id), limits.idleMs) : undefined),
    /** The same without prolonging it: to look is not to use. */
    look: async (id: string) => (ID_FORM.test(id) ? read(keyOf(id)) : undefined),
    byKey: (key: string) => read(key),
    /** Keeps a session with other tokens; `false` when it has ended meanwhile, and then it stays so. */
    replace: (key: string, session: Session) =>
      store.replace(key, seal.seal(JSON.stringify(session), context(key))),
    end: (key: string) => store.remove(key),
    /** Ends all sessions of a group; gives those that there were. */
    async endAll(group: string): Promise<readonly Session[]> {
      const ended = await Promise.all(
        (await store.members(group)).map(async (key) => {
          const found = await read(key)
          await store.remove(key)
          return found?.session
        }),
      )
      return ended.filter((session) => session !== undefined)
    },
  }
}

/** Where the store has the session of an id. */
export const keyOf = (id: string) => hash('session', id)

/** All sessions of a user. */
export const userGroup = (userId: string) => hash('user', userId)

/** All sessions that came of one session of the identity service. */
export const sidGroup = (sid: string) => hash('sid', sid)

const hash = (kind: string, value: string) =>
  createHash('sha256').update(`${kind}:${value}`).digest('base64url')

const context = (key: string) => `session:${key}`
