/** Text by key, as one transaction sees it. */
export type Entries = {
  get(key: string): Promise<string | undefined>
  /** @throws when there is no room */
  set(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
  /** Every key that begins with `prefix`. */
  keys(prefix: string): Promise<string[]>
}

/** Storage that outlives a page or the app, and that several tabs may share. */
export type Store = {
  /**
   * Runs one transaction at a time over all tabs. When it throws, none of its changes is stored. It must await
   * nothing but its entries: IndexedDB commits a transaction that waits for anything else.
   */
  transact<T>(work: (entries: Entries) => Promise<T>): Promise<T>
  /** Runs `work` while no other tab runs any under the same name; for work that takes longer than a transaction. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** A store that lasts as long as its process: for Node, for tests and for users who are not logged in. */
export function memoryStore(): Store {
  let stored: ReadonlyMap<string, string> = new Map()
  const queues = new Map<string, Promise<unknown>>()

  function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = (queues.get(name) ?? Promise.resolve()).then(work)
    const settled = result.then(
      () => {},
      () => {},
    )
    queues.set(name, settled)
    return result
  }

  return {
    alone: (name, work) => alone(`work ${name}`, work),
    transact: (work) =>
      alone('transaction', async () => {
        const changed = new Map(stored)
        const result = await work({
          get: async (key) => changed.get(key),
          set: async (key, value) => void changed.set(key, value),
          delete: async (key) => void changed.delete(key),
          keys: async (prefix) => [...changed.keys()].filter((key) => key.startsWith(prefix)),
        })
        stored = changed
        return result
      }),
  }
}

const NO_ENTRIES: Entries = {
  get: async () => undefined,
  set: async () => {},
  delete: async () => {},
  keys: async () => [],
}

/** Stores nothing: for a caller that stores what it reads in a form of its own. */
export const noStore: Store = { transact: (work) => work(NO_ENTRIES), alone: (_, work) => work() }

/**
 * The part of a store whose keys begin with `prefix`.
 * @param check runs inside each transaction, before its work; when it throws, nothing is read or written
 */
export const partOf = (store: Store, prefix: string, check: (entries: Entries) => Promise<void>): Store => ({
  alone: (name, work) => store.alone(prefix + name, work),
  transact: (work) =>
    store.transact(async (entries) => {
      await check(entries)
      return work({
        get: (key) => entries.get(prefix + key),
        set: (key, value) => entries.set(prefix + key, value),
        delete: (key) => entries.delete(prefix + key),
        keys: async (more) => (await entries.keys(prefix + more)).map((key) => key.slice(prefix.length)),
      })
    }),
})
