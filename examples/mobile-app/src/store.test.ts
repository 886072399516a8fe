import 'fake-indexeddb/auto'
import { describe, expect, it, vi } from 'vitest'
import { indexedStore } from './page/indexed-store.ts'
import { memoryStore, partOf } from './store.ts'

// The Web Locks of a browser, which Node has not; the end-to-end tests use the real ones.
const locks = memoryStore()
vi.stubGlobal('navigator', {
  locks: { request: (name: string, work: () => Promise<unknown>) => locks.alone(name, work) },
})

describe.each([
  ['in memory', () => memoryStore()],
  ['in IndexedDB', () => indexedStore(crypto.randomUUID())],
])('a store %s', (_, open) => {
  it('has what was set, lists keys by their prefix, and forgets what was deleted', async () => {
    const store = open()
    await store.transact(async (entries) => {
      await entries.set('a 1', 'x')
      await entries.set('a 2', 'y')
      await entries.set('b', 'z')
      await entries.delete('a 2')
    })
    await store.transact(async (entries) => {
      expect(await entries.get('a 1')).toBe('x')
      expect(await entries.get('a 2')).toBeUndefined()
      expect(await entries.keys('a ')).toEqual(['a 1'])
    })
  })

  it('stores nothing of a transaction that throws', async () => {
    const store = open()
    const failing = store.transact(async (entries) => {
      await entries.set('a', 'x')
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await store.transact((entries) => entries.get('a'))).toBeUndefined()
  })

  it('runs one transaction at a time', async () => {
    const store = open()
    const add = () =>
      store.transact(async (entries) => entries.set('n', String(Number((await entries.get('n')) ?? 0) + 1)))
    await Promise.all(Array.from({ length: 50 }, add))
    expect(await store.transact((entries) => entries.get('n'))).toBe('50')
  })

  it('runs work of one name alone, also after a failure', async () => {
    const store = open()
    let running = 0
    const work = async () => {
      expect(++running).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      running--
    }
    const failing = store.alone('a', () => Promise.reject(new Error('failed')))
    await expect(failing).rejects.toThrow('failed')
    await Promise.all([store.alone('a', work), store.alone('a', work)])
  })

  it('gives a part no entry of another part, and nothing when its check throws', async () => {
    const store = open()
    let isOpen = true
    const check = async () => {
      if (!isOpen) throw new Error('closed')
    }
    const [one, two] = [partOf(store, 'of 1 ', check), partOf(store, 'of 11 ', check)]
    await one.transact((entries) => entries.set('a', 'x'))
    expect(await two.transact((entries) => entries.get('a'))).toBeUndefined()
    expect(await two.transact((entries) => entries.keys(''))).toEqual([])
    expect(await one.transact((entries) => entries.keys(''))).toEqual(['a'])
    isOpen = false
    await expect(one.transact((entries) => entries.set('b', 'y'))).rejects.toThrow('closed')
    expect(await store.transact((entries) => entries.keys(''))).toEqual(['of 1 a'])
  })
})
