import { createStore, promisifyRequest } from 'idb-keyval'
import type { Store } from '../store.ts'

/**
 * The device's store, in IndexedDB, whose transactions hold over all tabs. With localStorage, one tab can check and
 * write while another, in another process, deletes.
 */
export function indexedStore(database = 'accounts'): Store {
  const open = createStore(database, 'entries')
  return {
    transact: (work) =>
      open('readwrite', async (store) => {
        const committed = promisifyRequest(store.transaction)
        committed.catch(() => {}) // Awaited below; a full disk rejects it before.
        const result = await work({
          get: async (key) => {
            const found: unknown = await promisifyRequest(store.get(key))
            return typeof found === 'string' ? found : undefined
          },
          set: async (key, value) => void (await promisifyRequest(store.put(value, key))),
          delete: async (key) => void (await promisifyRequest(store.delete(key))),
          keys: async (prefix) =>
            (await promisifyRequest(store.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)))).map(
              String,
            ),
        }).catch(async (error: unknown) => {
          try {
            store.transaction.abort()
          } catch {
            // It has ended by itself.
          }
          throw error
        })
        await committed
        return result
      }),
    alone: async (name, work) => navigator.locks.request(name, work),
  }
}
