import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionStore } from '../src/session/store.ts'

/** Two replicas of the BFF and their store; the same one where it cannot be shared. */
export type TwoStores = { one: SessionStore; other: SessionStore; close(): Promise<void> }

const LIFE = { idleMs: 60_000, maxMs: 60_000, groups: [] }

/** What every session store has to do. */
export function describeStore(name: string, open: () => Promise<TwoStores>): void {
  describe(`sessions in ${name}`, () => {
    let stores: TwoStores
    let n = 0
    const fresh = () => `key-${n++}`
    beforeAll(async () => {
      stores = await open()
    })
    afterAll(() => stores.close())

    it('are what was put, on every replica', async () => {
      const key = fresh()
      await stores.one.put(key, 'sealed', LIFE)
      const kept = await stores.other.get(key)
      expect(kept?.sealed).toBe('sealed')
      expect(kept?.leftMs).toBeGreaterThan(50_000)
      expect(kept?.leftMs).toBeLessThanOrEqual(60_000)
      expect(await stores.one.get(fresh())).toBeUndefined()
    })

    it('end when they are not used, and live on when they are; looking is not using', async () => {
      const [used, looked] = [fresh(), fresh()]
      for (const key of [used, looked]) await stores.one.put(key, 'sealed', { ...LIFE, idleMs: 300 })
      for (let i = 0; i < 5; i++) {
        await sleep(100)
        await stores.other.get(looked)
        expect(await stores.one.get(used, 300)).toEqual({ sealed: 'sealed', leftMs: 300 })
      }
      expect(await stores.one.get(looked)).toBeUndefined()
    })

    it('are gone on every replica once removed, and cannot be brought back by a late change', async () => {
      const key = fresh()
      await stores.one.put(key, 'sealed', LIFE)
      expect(await stores.other.replace(key, 'changed')).toBe(true)
      expect((await stores.one.get(key))?.sealed).toBe('changed')
      await stores.one.remove(key)
      expect(await stores.other.replace(key, 'changed again')).toBe(false)
      expect(await stores.other.get(key)).toBeUndefined()
      expect(await stores.one.get(key)).toBeUndefined()
    })

    it('do not live longer for being changed', async () => {
      const key = fresh()
      await stores.one.put(key, 'sealed', { ...LIFE, idleMs: 400 })
      await sleep(100)
      await stores.one.replace(key, 'changed')
      expect((await stores.one.get(key))?.leftMs).toBeLessThanOrEqual(310)
    })

    it('are found by their groups, however long ago they joined', async () => {
      const [a, b, c] = [fresh(), fresh(), fresh()]
      await stores.one.put(a, 'a', { ...LIFE, groups: [`user-${a}`, `sid-${a}`] })
      await stores.other.put(b, 'b', { ...LIFE, groups: [`user-${a}`] })
      await stores.one.put(c, 'c', { ...LIFE, groups: [`user-${c}`] })
      expect((await stores.other.members(`user-${a}`)).toSorted()).toEqual([a, b].toSorted())
      expect(await stores.one.members(`sid-${a}`)).toEqual([a])
      expect(await stores.one.members('user-nobody')).toEqual([])
    })

    it('a name is one owner’s at a time, until it lets go, dies, or has it for a while yet', async () => {
      const name = fresh()
      const owner = (await stores.one.lock(name, 60_000)) ?? ''
      expect(owner).not.toBe('')
      expect(await stores.other.lock(name, 60_000)).toBeUndefined()
      await stores.other.unlock(name, 'somebody else')
      expect(await stores.other.lock(name, 60_000)).toBeUndefined()
      await stores.one.unlock(name, owner)
      expect(await stores.other.lock(name, 100)).toBeDefined()
      await sleep(150)
      const next = (await stores.one.lock(name, 60_000)) ?? ''
      await stores.one.unlock(name, next, 100)
      expect(await stores.other.lock(name, 60_000)).toBeUndefined()
      await sleep(150)
      expect(await stores.other.lock(name, 60_000)).toBeDefined()
    })

    it('of a hundred at once one gets the name', async () => {
      const name = fresh()
      const tries = Array.from({ length: 100 }, (_, i) =>
        (i % 2 ? stores.one : stores.other).lock(name, 5_000),
      )
      expect((await Promise.all(tries)).filter((owner) => owner !== undefined)).toHaveLength(1)
    })

    it('a mark is remembered for its time', async () => {
      const name = fresh()
      expect(await stores.one.isMarked(name)).toBe(false)
      await stores.one.mark(name, 100)
      expect(await stores.other.isMarked(name)).toBe(true)
      await sleep(150)
      expect(await stores.other.isMarked(name)).toBe(false)
    })
  })
}
