import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { RedisConnection } from '../redis/connect.ts'
import type { RedisGuard } from './redis-guard.ts'
import { NEXT_STAMP, RECORD_PURGE } from './redis-scripts.ts'

const RETRY_MS = 200
const TIMEOUT_MS = 100
const MAX_KNOWN = 10_000
const MAX_UNSENT = 10_000

const Message = z.object({ from: z.string(), stamp: z.string(), tags: z.array(z.string()) })

type Options = {
  readonly name: string
  readonly connection: RedisConnection
  readonly guard: RedisGuard
  /** Milliseconds for which a purge is recorded: longer than the lifetime of any entry. */
  readonly recordMs: () => number
  /** A tag that covers all entries, for when there are too many purges to send one by one. */
  readonly everything: () => readonly string[]
}

/**
 * Orders loads and purges across processes. Redis issues stamps from one clock; an entry whose load began before the
 * last purge of one of its tags is never served, whichever process wrote it.
 */
export class Fence {
  readonly #options: Options
  readonly #me = randomUUID()
  /** Purges that have not reached Redis yet: entries in Redis with these tags are ignored. */
  readonly #unsent = new Map<string, symbol>()
  /** Recent purges seen by this process: a failover of Redis may lose their records. */
  readonly #known = new Map<string, string>()
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: Options) {
    this.#options = options
  }

  get channel(): string {
    return `${this.#options.name}:@purge`
  }

  recordKey(tag: string): string {
    return `${this.#options.name}:@tag:${tag}`
  }

  /** A stamp for a load that begins now. */
  async stamp(): Promise<string> {
    return String(await this.#options.connection.client.eval(NEXT_STAMP, 1, `${this.#options.name}:@clock`))
  }

  /** Whether a load with this stamp is older than a purge of one of its tags, as far as this process knows. */
  purged(tags: readonly string[], stamp: string): boolean {
    return tags.some((tag) => this.#unsent.has(tag) || (this.#known.get(tag) ?? '') >= stamp)
  }

  /** Publishes a purge to Redis and every other process; retries later when that fails. */
  async send(tags: readonly string[]): Promise<void> {
    const mark = Symbol('purge')
    for (const tag of tags) this.#unsent.set(tag, mark)
    if (this.#unsent.size > MAX_UNSENT) {
      this.#unsent.clear()
      for (const tag of this.#options.everything()) this.#unsent.set(tag, mark)
    }
    await this.flush()
  }

  /** Sends purges that have not reached Redis yet. */
  async flush(): Promise<void> {
    const sending = [...this.#unsent]
    if (sending.length === 0) return
    const stamp = await this.#options.guard.run(() => this.#write(sending.map(([tag]) => tag)), TIMEOUT_MS)
    if (stamp === undefined) return this.#retryLater()
    for (const [tag, mark] of sending) {
      this.#learn(tag, stamp)
      if (this.#unsent.get(tag) === mark) this.#unsent.delete(tag)
    }
  }

  /** The tags that another process purged; none for other messages and for this process's own. */
  receive(text: string): readonly string[] {
    const { success, data } = Message.safeParse(parsed(text))
    if (!success || data.from === this.#me) return []
    for (const tag of data.tags) this.#learn(tag, data.stamp)
    return data.tags
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
  }

  async #write(tags: readonly string[]): Promise<string> {
    const { connection, recordMs } = this.#options
    const stamp = await this.stamp()
    await Promise.all(
      tags.map((tag) => connection.client.eval(RECORD_PURGE, 1, this.recordKey(tag), stamp, recordMs())),
    )
    await connection.client.publish(this.channel, JSON.stringify({ from: this.#me, stamp, tags }))
    return stamp
  }

  #learn(tag: string, stamp: string): void {
    if ((this.#known.get(tag) ?? '') >= stamp) return
    this.#known.delete(tag)
    this.#known.set(tag, stamp)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest)
  }

  #retryLater(): void {
    if (this.#closed) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.flush(), RETRY_MS)
    this.#retry.unref()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
