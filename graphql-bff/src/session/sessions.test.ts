import { randomBytes } from 'node:crypto'
import { createSeal } from '@harbor/shared-runtime/seal'
import { UserId } from '@harbor/shared-runtime/user-id'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { grantFor, LIMITS } from '../../test/test-session.ts'
import { createSessions, keyOf, sidGroup, userGroup } from './sessions.ts'
import { createMemoryStore } from './store-memory.ts'

const seal = createSeal([randomBytes(32)])

/** A readable store, and its contents. */
function leakyStore() {
  const store = createMemoryStore()
  const seen: string[] = []
  return {
    seen,
    store: {
      ...store,
      put: (...args: Parameters<typeof store.put>) => {
        seen.push(JSON.stringify(args))
        return store.put(...args)
      },
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  // lru-cache treats an entry created at instant 0 as one without expiry.
  vi.advanceTimersByTime(1)
})
afterEach(() => void vi.useRealTimers())

it('a reader of the store learns no session id, token or user', async () => {
  const { store, seen } = leakyStore()
  const sessions = createSessions(store, seal, LIMITS)
  const id = await sessions.begin(grantFor(['customer']))
  expect(seen).toHaveLength(1)
  expect(seen[0]).not.toContain(id)
  expect(seen[0]).not.toMatch(/access-of|refresh-1|id-token|c1001|Ada|sid-1|customer/)
  expect(await sessions.use(keyOf(id))).toBeUndefined()
})

it('a writer to the store cannot obtain the session of another user', async () => {
  const store = createMemoryStore()
  const sessions = createSessions(store, seal, LIMITS)
  const [mine, theirs] = [
    await sessions.begin(grantFor(['customer'])),
    await sessions.begin(grantFor(['admin'])),
  ]
  await store.replace(keyOf(mine), (await store.get(keyOf(theirs)))?.sealed ?? '')
  expect(await sessions.use(mine)).toBeUndefined()
})

it('an id is 256 random bits, and any other form is refused without a lookup', async () => {
  const sessions = createSessions(createMemoryStore(), seal, LIMITS)
  const ids = await Promise.all(Array.from({ length: 100 }, () => sessions.begin(grantFor(['customer']))))
  expect(new Set(ids).size).toBe(100)
  for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(32)
  for (const id of ['', 'x', `${ids[0]}x`, '../x', ids[0]?.replace(/.$/, ' ') ?? ''])
    expect(await sessions.use(id)).toBeUndefined()
})

it('ends when it is idle for too long, and reports when', async () => {
  const sessions = createSessions(createMemoryStore(), seal, LIMITS)
  const id = await sessions.begin(grantFor(['customer']))
  vi.advanceTimersByTime(LIMITS.idleMs - 1_000)
  expect((await sessions.look(id))?.idleExpiresAt).toBe(Date.now() + 1_000)
  await sessions.use(id)
  vi.advanceTimersByTime(LIMITS.idleMs - 1_000)
  expect(await sessions.look(id)).toBeDefined()
  vi.advanceTimersByTime(1_001)
  expect(await sessions.look(id)).toBeUndefined()
})

it('ends at its absolute end, however often it is used, and never reports a later one', async () => {
  const sessions = createSessions(createMemoryStore(), seal, LIMITS)
  const id = await sessions.begin(grantFor(['customer']))
  const end = Date.now() + LIMITS.maxMs
  while (Date.now() < end - 60_000) {
    const found = await sessions.use(id)
    expect(found?.idleExpiresAt).toBeLessThanOrEqual(end)
    vi.advanceTimersByTime(LIMITS.idleMs / 2)
  }
  vi.setSystemTime(end)
  expect(await sessions.use(id)).toBeUndefined()
})

it('a wall clock that is set back does not prolong an idle session', async () => {
  const sessions = createSessions(createMemoryStore(), seal, LIMITS)
  const id = await sessions.begin(grantFor(['customer']))
  vi.setSystemTime(Date.now() - 3_600_000)
  vi.advanceTimersByTime(LIMITS.idleMs + 1)
  expect(await sessions.look(id)).toBeUndefined()
})

it('a session with the shape of another version of the process has ended', async () => {
  const store = createMemoryStore()
  const sessions = createSessions(store, seal, LIMITS)
  const id = await sessions.begin(grantFor(['customer']))
  await store.replace(keyOf(id), seal.seal('{"user":"c1001"}', `session:${keyOf(id)}`))
  expect(await sessions.use(id)).toBeUndefined()
})

it('all sessions of a user, or of one of the identity service’s, end together', async () => {
  const sessions = createSessions(createMemoryStore(), seal, LIMITS)
  const begin = (id: string, sid: string) =>
    sessions.begin(
      grantFor(['customer'], {
        sid,
        user: { id: UserId.parse(id), roles: [], scopes: [], clientId: 'web-bff' },
      }),
    )
  const [a, b, c] = [await begin('u1', 's1'), await begin('u1', 's2'), await begin('u2', 's3')]
  expect(await sessions.endAll(sidGroup('s1'))).toHaveLength(1)
  expect([await sessions.use(a), (await sessions.use(b))?.key]).toEqual([undefined, keyOf(b)])
  expect(await sessions.endAll(userGroup('u1'))).toHaveLength(1)
  expect([await sessions.use(b), (await sessions.use(c))?.key]).toEqual([undefined, keyOf(c)])
})
