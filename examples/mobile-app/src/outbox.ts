import { problemOf } from './problem.ts'
import type { OnEvent, Send } from './send.ts'
import type { Store } from './store.ts'

/** A write that waits to be sent: everything but the credential, which is that of the moment in which it is. */
export type Write = { key: string; method: string; path: string; body?: string }

type Options = {
  address: string
  store: Store
  send: Send
  headers: () => Promise<Headers>
  onEvent: OnEvent
}

const KEY = 'outbox'

/**
 * Writes, sent in the order in which they were made, each under an idempotency key that it keeps: over a lost
 * answer, a lost network and a restart of the app it is done once. One that cannot be sent holds up those behind it.
 */
export function createOutbox({ address, store, send, headers, onEvent }: Options) {
  let changing: Promise<unknown> = Promise.resolve()
  let flushing: Promise<void> | undefined
  let asked = 0

  const read = async (): Promise<Write[]> => parse(await store.get(KEY))

  /** One change of what is stored after the other. */
  function change(edit: (writes: Write[]) => Write[]): Promise<void> {
    const next = changing.then(async () => store.set(KEY, JSON.stringify(edit(await read()))))
    changing = next.catch(() => {})
    return next
  }

  /** @returns whether the write is settled, so that the next one may go */
  async function sendOne({ key, method, path, body }: Write): Promise<boolean> {
    const own = await headers()
    own.set('idempotency-key', key)
    if (body !== undefined) own.set('content-type', 'application/json')
    const init = { method, headers: own, ...(body !== undefined && { body }) }
    const answer = await send(address + path, init).catch(() => undefined)
    if (!answer) return false
    const problem = await problemOf(answer)
    // Later, with a new token or in a newer app, it may be done yet.
    if (problem?.retryable || answer.status === 401 || answer.status === 426) return false
    // A gateway has answered for a server that it could not reach: nothing is known of the write.
    if (!problem && answer.status >= 500) return false
    await change((writes) => writes.filter((write) => write.key !== key))
    if (answer.ok) {
      const done: unknown = await answer.json().catch(() => undefined)
      onEvent({ type: 'write-done', key, path, answer: done })
    } else {
      const { code, reason } = problem ?? {}
      onEvent({ type: 'write-refused', key, path, status: answer.status, code, reason })
    }
    return true
  }

  async function sendAll(): Promise<void> {
    for (;;) {
      await changing
      const [first] = await read()
      if (!first) return
      const before = asked
      // Who has asked meanwhile may know of a network that there was not yet.
      if (!(await sendOne(first)) && asked === before) return
    }
  }

  return {
    /** What waits, in the order in which it will be sent. */
    pending: read,
    /**
     * Keeps a write; to be followed by `flush`.
     * @returns its key, by which events name it
     * @throws when there is no room to keep it
     */
    async add(write: Omit<Write, 'key'>): Promise<string> {
      const key = crypto.randomUUID()
      await change((writes) => [...writes, { key, ...write }])
      return key
    },
    /** Sends what waits until nothing does or one cannot be sent now; to be called when there is a network again. */
    flush(): Promise<void> {
      asked++
      flushing ??= sendAll().finally(() => {
        flushing = undefined
      })
      return flushing
    },
    /** Resolves when nothing is being sent. */
    idle: async (): Promise<void> => flushing,
  }
}

function parse(text: string | undefined): Write[] {
  try {
    const writes: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(writes) ? writes.filter(isWrite) : []
  } catch {
    return []
  }
}

const isWrite = (value: unknown): value is Write =>
  typeof value === 'object' &&
  value !== null &&
  ['key', 'method', 'path'].every((name) => typeof Reflect.get(value, name) === 'string')
