import { redisTrouble } from '@harbor/shared-runtime/redis/trouble'
import type { Cluster, Redis } from 'ioredis'
import { z } from 'zod'
import { isAfter } from './event.ts'
import { type EventFeed, type FeedItem, isTooOld, tooOld, unavailable } from './feed.ts'

/** The stream that publishers and readers agree on; an entry has the fields `type` and `data` (JSON). */
export const STREAM = 'harbor:events'

/** How long one read waits for something new; then the feed gives a sign of life. */
const BLOCK_MS = 5_000
const BATCH = 200
/** The first id that there can be: everything is after it. */
const BEGINNING = '0-0'

/** Not connected yet, and not one that reconnects by itself. */
type StreamConnection = Redis | Cluster

type Options = {
  /** Opens a connection of the feed's own: a blocking read holds up every other command on it. */
  connect: () => StreamConnection
  stream?: string
  blockMs?: number
}

/**
 * Domain events out of a Redis stream. Every process reads all of it, without a consumer group: each has a
 * memory of its own to keep in step.
 */
export function redisFeed({ connect, stream = STREAM, blockMs = BLOCK_MS }: Options): EventFeed {
  return {
    name: 'redis',
    async *subscribe({ after, signal }) {
      signal.throwIfAborted()
      const redis = connect()
      let cause: unknown
      redis.on('error', (error) => {
        cause = error
      })
      const end = () => redis.disconnect()
      signal.addEventListener('abort', end, { once: true })
      try {
        await redis.connect()
        let position = after ?? (await describe(redis, stream))?.lastId ?? BEGINNING
        await requireHeld(redis, stream, position)
        yield { kind: 'alive', id: position }
        for (;;) {
          const entries = await read(redis, stream, position, blockMs)
          // Trimmed away from under a reader that was too slow, events would be missed without a word.
          if (entries.length > 0) await requireHeld(redis, stream, position)
          yield* entries
          position = entries.at(-1)?.id ?? position
          if (entries.length === 0) yield { kind: 'alive', id: position }
        }
      } catch (error) {
        if (isTooOld(error)) throw error
        throw signal.aborted
          ? signal.reason
          : unavailable(`Redis ${redisTrouble(cause ?? error).words}`, { cause: cause ?? error })
      } finally {
        signal.removeEventListener('abort', end)
        // Once it is closed, ioredis would wait two seconds for it to close.
        if (redis.status !== 'end') redis.disconnect()
      }
    },
  }
}

type EventItem = Extract<FeedItem, { kind: 'event' }>

async function read(
  redis: StreamConnection,
  stream: string,
  after: string,
  blockMs: number,
): Promise<EventItem[]> {
  const found = await redis.xread('COUNT', BATCH, 'BLOCK', blockMs, 'STREAMS', stream, after)
  return (found?.[0]?.[1] ?? []).map(([id, fields]) => ({
    kind: 'event',
    id,
    type: fieldOf(fields, 'type'),
    data: fieldOf(fields, 'data'),
  }))
}

function fieldOf(fields: readonly string[], name: string): string {
  const at = fields.findIndex((field, index) => index % 2 === 0 && field === name)
  return (at === -1 ? undefined : fields[at + 1]) ?? ''
}

/**
 * Makes sure that all that came after an id is still there. An id whose entry is itself trimmed counts as too
 * old, even if it was the last one to go: a needless purge is better than a missed one.
 * @throws {UpstreamError} `conflict`
 */
async function requireHeld(redis: StreamConnection, stream: string, id: string): Promise<void> {
  const { length, added, firstId, lastId } = (await describe(redis, stream)) ?? NOTHING
  const nothingTrimmed = length === added
  if (id === BEGINNING && nothingTrimmed) return
  // Of another history: Redis came back without its data, or a replica that lagged took over.
  if (isAfter(id, lastId)) throw tooOld(id)
  if (isAfter(firstId ?? lastId, id)) throw tooOld(id)
}

const NOTHING = { length: 0, added: 0, firstId: undefined, lastId: BEGINNING }

const Info = z
  .array(z.unknown())
  .transform((flat) => Object.fromEntries(flat.flatMap((name, i) => (i % 2 ? [] : [[name, flat[i + 1]]]))))
  .pipe(
    z.object({
      length: z.int(),
      // Redis 7 and later.
      'entries-added': z.int().optional(),
      'last-generated-id': z.string(),
      'first-entry': z.tuple([z.string()]).rest(z.unknown()).nullable(),
    }),
  )

/** What the stream holds; `undefined` when there is none. */
async function describe(redis: StreamConnection, stream: string) {
  const info = await redis.xinfo('STREAM', stream).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes('no such key')) return undefined
    throw error
  })
  if (info === undefined) return undefined
  const parsed = Info.parse(info)
  return {
    length: parsed.length,
    added: parsed['entries-added'],
    firstId: parsed['first-entry']?.[0],
    lastId: parsed['last-generated-id'],
  }
}
