/** Where the client keeps what must outlive a page or the app: by key, as text. It belongs to one user. */
export type Store = {
  get(key: string): Promise<string | undefined>
  /** @throws when there is no room */
  set(key: string, value: string): Promise<void>
  /** At log-out. */
  clear(): Promise<void>
}

export function memoryStore(): Store {
  const kept = new Map<string, string>()
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
    clear: async () => kept.clear(),
  }
}

/** Keeps nothing, for who keeps what is answered in another form. */
export const noStore: Store = { get: async () => undefined, set: async () => {}, clear: async () => {} }

/** The part of `localStorage` that is used; a native app has something like it. */
type WebStorage = {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** @param prefix keeps the keys of one user apart from those of others */
export const webStore = (web: WebStorage, prefix: string): Store => ({
  get: async (key) => web.getItem(prefix + key) ?? undefined,
  set: async (key, value) => web.setItem(prefix + key, value),
  async clear() {
    const keys = Array.from({ length: web.length }, (_, index) => web.key(index))
    for (const key of keys) if (key?.startsWith(prefix)) web.removeItem(key)
  },
})
