import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

type Entry = { payload: AdapterPayload; expiresAt: number }

const SWEEP_EVERY = 1_000

/** What the provider keeps (sessions, codes, grants, refresh tokens), in memory: the next start knows nothing of it. */
export function createStore(): AdapterFactory {
  const entries = new Map<string, Entry>()
  let writes = 0

  const sweep = () => {
    const now = Date.now()
    for (const [key, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(key)
  }
  const find = (matches: (payload: AdapterPayload) => boolean, kind: string) => {
    for (const [key, { payload }] of entries)
      if (key.startsWith(`${kind}:`) && matches(payload)) return payload
    return undefined
  }

  return (kind): Adapter => {
    const key = (id: string) => `${kind}:${id}`
    const live = (id: string) => {
      const entry = entries.get(key(id))
      return entry && entry.expiresAt > Date.now() ? entry.payload : undefined
    }
    return {
      async upsert(id, payload, expiresIn) {
        if (++writes % SWEEP_EVERY === 0) sweep()
        const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000
        entries.set(key(id), { payload, expiresAt })
      },
      find: async (id) => live(id),
      findByUid: async (uid) => find((payload) => payload.uid === uid, kind),
      findByUserCode: async (userCode) => find((payload) => payload.userCode === userCode, kind),
      async consume(id) {
        const payload = live(id)
        if (payload) payload.consumed = Math.floor(Date.now() / 1000)
      },
      async destroy(id) {
        entries.delete(key(id))
      },
      async revokeByGrantId(grantId) {
        for (const [entryKey, { payload }] of entries)
          if (entryKey.startsWith(`${kind}:`) && payload.grantId === grantId) entries.delete(entryKey)
      },
    }
  }
}
