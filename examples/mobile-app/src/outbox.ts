import { type Account, AccountEnded } from './account.ts'
import { problemOf } from './problem.ts'
import type { OnEvent, Send } from './send.ts'
import type { Entries } from './store.ts'

/** A write that waits to be sent. It has no credential: it is sent with the token that its user has by then. */
export type Write = {
  /** The idempotency key, stored before the first try. */
  key: string
  /** Whose write it is: no other user's token is ever sent with it. */
  subject: string
  method: string
  path: string
  body?: string
}

type Options = {
  address: string
  account: Pick<Account, 'subject' | 'store'>
  /** Adds the account's token. */
  send: Send
  /** Of every write, beside its key and type. */
  headers: () => Headers
  onEvent: OnEvent
}

const KEY = 'outbox'

/**
 * The writes of one account, sent in the order in which they were made, one at a time over all tabs. Each keeps its
 * idempotency key, so it is done once whatever answer, network or app is lost. One that cannot be sent holds up the
 * writes behind it. Once the account has ended nothing is sent, stored or reported.
 */
export function createOutbox({ address, account, send, headers, onEvent }: Options) {
  const { subject, store } = account
  let flushing: Promise<void> | undefined
  let asked = 0

  const isOwn = (write: Write) => write.subject === subject
  const read = async (entries: Entries) => parse(await entries.get(KEY)).filter(isOwn)
  const change = (edit: (writes: Write[]) => Write[]): Promise<void> =>
    store.transact(async (entries) => entries.set(KEY, JSON.stringify(edit(await read(entries)))))

  /** @returns whether the write is settled, so that the next one may go */
  async function sendOne({ key, method, path, body }: Write): Promise<boolean> {
    const own = headers()
    own.set('idempotency-key', key)
    if (body !== undefined) own.set('content-type', 'application/json')
    const init = { method, headers: own, ...(body !== undefined && { body }) }
    const answer = await send(address + path, init).catch(() => undefined)
    if (!answer) return false
    const problem = await problemOf(answer)
    // It may succeed later, with a new token or in a newer app.
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
      const [first] = await store.transact(read)
      if (!first) return
      const before = asked
      // A caller that asked meanwhile may know of a network that was missing before.
      if (!(await sendOne(first)) && asked === before) return
    }
  }

  return {
    /** The writes that wait, in the order in which they will be sent. @throws AccountEnded */
    pending: (): Promise<Write[]> => store.transact(read),
    /**
     * Stores a write; to be followed by `flush`.
     * @returns its key, by which events name it
     * @throws when nobody is logged in, when there is no room to store it, or AccountEnded
     */
    async add(write: Omit<Write, 'key' | 'subject'>): Promise<string> {
      if (subject === undefined)
        throw new TypeError('outbox: given a write of nobody; allowed: after a log-in')
      const key = crypto.randomUUID()
      await change((writes) => [...writes, { key, subject, ...write }])
      return key
    },
    /** Sends the writes that wait, up to one that cannot be sent now; to be called when there is a network again. */
    flush(): Promise<void> {
      asked++
      flushing ??= store
        .alone(KEY, sendAll)
        .catch((error: unknown) => {
          if (!(error instanceof AccountEnded)) throw error
        })
        .finally(() => {
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
  ['key', 'subject', 'method', 'path'].every((name) => typeof Reflect.get(value, name) === 'string')
