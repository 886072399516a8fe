import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '@harbor/shared-runtime/log'
import { createSeal } from '@harbor/shared-runtime/seal'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { grantFor, LIMITS } from '../../test/test-session.ts'
import type { Oidc, Refreshed } from './oidc.ts'
import { createRefresh } from './refresh.ts'
import type { Grant } from './session.ts'
import { createSessions, keyOf } from './sessions.ts'
import { createMemoryStore } from './store-memory.ts'

const seal = createSeal([randomBytes(32)])
const log = createLog('test', 'silent')
const unreachable = new Error('it did not answer')

/** Replicas over one store, and an identity service that revokes a token family when a token is used twice. */
function replicas({ answer, lockMs = 2_000 }: { answer?: () => Promise<Refreshed>; lockMs?: number } = {}) {
  const store = createMemoryStore()
  const sessions = createSessions(store, seal, LIMITS)
  const sent: string[] = []
  const granted = async (refresh: string): Promise<Refreshed> => {
    if (sent.filter((token) => token === refresh).length > 1) return { outcome: 'refused', error: 'reuse' }
    await sleep(50)
    const next = grantFor(['customer'], {
      access: `access-${sent.length}`,
      refresh: `refresh-${sent.length + 1}`,
    })
    return { outcome: 'granted', grant: next }
  }
  const oidc: Pick<Oidc, 'refresh'> = {
    refresh: (token) => {
      sent.push(token)
      return answer ? answer() : granted(token)
    },
  }
  const replica = () => createRefresh({ sessions, store, oidc, log, lockMs })
  return {
    sent,
    sessions,
    store,
    replica,
    async logIn(differing: Partial<Grant>) {
      const key = keyOf(await sessions.begin(grantFor(['customer'], differing)))
      return {
        key,
        /** Looks up the session as a request does. */
        async found() {
          const found = await sessions.byKey(key)
          if (!found) throw new Error('the session has ended')
          return found
        },
      }
    },
  }
}

/** A token of 0.4 s is refreshed after 0.32 s, and sent until 0.38 s. */
const SHORT = { accessLifetime: 0.4 }

describe('a valid token', () => {
  it('is not refreshed', async () => {
    const { replica, logIn, sent } = replicas()
    const { found } = await logIn({})
    expect((await replica()(await found()))?.tokens.access).toBe('access-of-customer')
    expect(sent).toEqual([])
  })

  it('is refreshed shortly before it expires by one request, while the others use the current one', async () => {
    const { replica, logIn, sent } = replicas()
    const { found } = await logIn(SHORT)
    await sleep(330)
    const [one, other] = [replica(), replica()]
    const late = await found()
    const started = performance.now()
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other)(late)))
    expect(performance.now() - started).toBeLessThan(40)
    expect(all.map((session) => session?.tokens.access)).toEqual(Array(20).fill('access-of-customer'))
    await expect.poll(async () => (await found()).session.tokens.access).toBe('access-1')
    expect(sent).toEqual(['refresh-1'])
  })
})

describe('an expired token', () => {
  const expired = async (options: Parameters<typeof replicas>[0] = {}) => {
    const all = replicas(options)
    const { key, found } = await all.logIn(SHORT)
    const before = await found()
    await sleep(400)
    return { ...all, key, found, before }
  }

  it('is refreshed once over all replicas and requests, which wait for it', async () => {
    const { replica, before, sent } = await expired()
    const [one, other, third] = [replica(), replica(), replica()]
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => [one, other, third][i % 3]?.(before)))
    expect(all.map((session) => session?.tokens.access)).toEqual(Array(100).fill('access-1'))
    expect(sent).toEqual(['refresh-1'])
  })

  it('is refreshed by another replica when the one holding the lock dies', async () => {
    const { replica, before, sent, store, key } = await expired()
    await store.lock(`refresh:${key}`, 300)
    expect((await replica()(before))?.tokens.access).toBe('access-1')
    expect(sent).toEqual(['refresh-1'])
  })

  it('with the identity service down is a retryable error, not a log-out', async () => {
    const answer = { outcome: 'not taken', error: unreachable } as const
    let away = true
    const all = await expired({
      answer: async () => (away ? answer : { outcome: 'granted', grant: grantFor(['customer']) }),
    })
    await expect(all.replica()(all.before)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
      retryAfterS: 1,
    })
    away = false
    expect(await all.replica()(await all.found())).toMatchObject({ tokens: { access: 'access-of-customer' } })
    expect(all.sent).toEqual(['refresh-1', 'refresh-1'])
  })

  it('with the identity service down causes one request a second to it, whatever the load', async () => {
    const answer = { outcome: 'not taken', error: unreachable } as const
    const { replica, before, sent } = await expired({ answer: async () => answer })
    const one = replica()
    for (let i = 0; i < 50; i++) await one(before).catch(() => {})
    expect(sent).toHaveLength(1)
  })

  it('whose refresh is refused ends the session', async () => {
    const all = await expired({ answer: async () => ({ outcome: 'refused', error: 'invalid_grant' }) })
    expect(await all.replica()(all.before)).toBeUndefined()
    await expect(all.found()).rejects.toThrow('the session has ended')
  })

  it('does not bring back a session that ended while it was refreshed', async () => {
    const all = await expired()
    const refreshing = all.replica()(all.before)
    await sleep(20)
    await all.sessions.end(all.key)
    expect(await refreshing).toBeUndefined()
    await expect(all.found()).rejects.toThrow('the session has ended')
  })

  it('is stored with retries while the store fails, because it cannot be obtained again', async () => {
    const all = await expired()
    let failures = 3
    const sessions: typeof all.sessions = {
      ...all.sessions,
      replace: (...args) => (failures-- > 0 ? Promise.reject(unreachable) : all.sessions.replace(...args)),
    }
    const refresh = createRefresh({
      sessions,
      store: all.store,
      oidc: {
        refresh: async () => ({ outcome: 'granted', grant: grantFor(['customer'], { access: 'kept' }) }),
      },
      log,
    })
    expect((await refresh(all.before))?.tokens.access).toBe('kept')
    expect((await all.found()).session.tokens.access).toBe('kept')
  })
})

describe('a refresh token that may have been used, because no answer came', () => {
  it('is not sent again while the access token is valid, and then as last resort', async () => {
    const all = replicas({ answer: async () => ({ outcome: 'unknown', error: unreachable }) })
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { found } = await all.logIn({ accessLifetime: 100 })
    const before = await found()
    vi.advanceTimersByTime(81_000)
    for (let i = 0; i < 6; i++) {
      expect(await all.replica()(before)).toBeDefined()
      await sleep(5) // lets background work finish
      vi.advanceTimersByTime(2_000)
    }
    expect(all.sent).toEqual(['refresh-1'])
    vi.advanceTimersByTime(5_000)
    await expect(all.replica()(before)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' })
    expect(all.sent).toEqual(['refresh-1', 'refresh-1'])
  })
})

it('nothing is sent when the lock was acquired too late: after a pause another replica may hold it', async () => {
  const all = replicas({ lockMs: 200 })
  const { found } = await all.logIn(SHORT)
  const before = await found()
  await sleep(400)
  const store = {
    unlock: all.store.unlock,
    async lock(name: string, ms: number) {
      const owner = await all.store.lock(name, ms)
      await sleep(150)
      return owner
    },
  }
  const refresh = createRefresh({
    sessions: all.sessions,
    store,
    oidc: { refresh: () => Promise.reject(new Error('sent')) },
    log,
    lockMs: 200,
  })
  await expect(refresh(before)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true })
})
