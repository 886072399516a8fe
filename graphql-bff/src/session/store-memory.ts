import { randomUUID } from 'node:crypto'
import { boundedLru } from '@harbor/shared-runtime/cache/bounded-lru'
import type { SessionStore } from './store.ts'

/** Above this number the least recently used session ends. */
const MAX_SESSIONS = 100_000

/** Read on each use, so that a test can move it. */
const CLOCK = { now: () => performance.now() }

/** Sessions in the memory of this process: they end with it, and other replicas do not have them. */
export function createMemoryStore(): SessionStore {
  const entries = boundedLru<string, string>(MAX_SESSIONS, {
    perf: CLOCK,
    ttlResolution: 0,
    dispose: (_, key, reason) => {
      if (reason !== 'set') forget(key)
    },
  })
  const groups = new Map<string, Set<string>>()
  const groupsOf = new Map<string, readonly string[]>()
  const names = boundedLru<string, string>(MAX_SESSIONS, { perf: CLOCK, ttlResolution: 0 })

  function forget(key: string): void {
    for (const group of groupsOf.get(key) ?? []) {
      const keys = groups.get(group)
      keys?.delete(key)
      if (keys?.size === 0) groups.delete(group)
    }
    groupsOf.delete(key)
  }

  return {
    async put(key, sealed, { idleMs, groups: joined }) {
      entries.set(key, sealed, { ttl: idleMs })
      groupsOf.set(key, joined)
      for (const group of joined) groups.set(group, (groups.get(group) ?? new Set()).add(key))
    },
    async get(key, prolongMs) {
      const sealed = entries.get(key)
      if (sealed === undefined) return undefined
      if (prolongMs !== undefined) entries.set(key, sealed, { ttl: prolongMs })
      return { sealed, leftMs: prolongMs ?? Math.ceil(entries.getRemainingTTL(key)) }
    },
    async replace(key, sealed) {
      const kept = entries.has(key)
      if (kept) entries.set(key, sealed, { ttl: entries.getRemainingTTL(key) })
      return kept
    },
    async remove(key) {
      entries.delete(key)
    },
    members: async (group) => [...(groups.get(group) ?? [])],
    async lock(name, ms) {
      if (names.has(name)) return undefined
      const owner = randomUUID()
      names.set(name, owner, { ttl: ms })
      return owner
    },
    async unlock(name, owner, keepMs = 0) {
      if (names.get(name) !== owner) return
      if (keepMs > 0) names.set(name, owner, { ttl: keepMs })
      else names.delete(name)
    },
    async mark(name, ms) {
      names.set(name, '', { ttl: ms })
    },
    isMarked: async (name) => names.has(name),
  }
}
