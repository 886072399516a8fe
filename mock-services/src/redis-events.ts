import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type DomainEvent, type EventLog, NotHeldError } from './events.ts'

/** The stream that readers know. */
export const STREAM = 'harbor:events'
/** About as many events as the log itself holds. */
const KEEP = 10_000
const RETRY_MS = 500

/**
 * Copies every event, in order, into a stream of a Redis: the same ids in its notation (`<milliseconds>-<number>`),
 * fields `type` and `data` (JSON). While Redis is away events wait in the log.
 * @returns ends it
 */
export function publishToRedis(events: EventLog, url: string, keep = KEEP): () => Promise<void> {
  const stopped = new AbortController()
  const { signal } = stopped
  const redis = new Redis(url, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    retryStrategy: () => RETRY_MS,
  })
  redis.on('error', () => {}) // each command says it again
  const running = publishAll(events.lastId())

  return async () => {
    stopped.abort()
    redis.disconnect()
    await running
  }

  async function publishAll(from: string) {
    let after = from
    const soon = AbortSignal.any([signal, AbortSignal.timeout(RETRY_MS)])
    await once(redis, 'ready', { signal: soon }).catch(() => {})
    while (!signal.aborted) {
      try {
        for await (const item of events.follow(after, { signal })) {
          if (!('heartbeat' in item)) await untilDone((failures) => add(item, failures > 0))
          after = item.id
        }
      } catch (error) {
        if (!(error instanceof NotHeldError)) throw error
        // Redis was away for longer than the log holds. Readers must see that events are missing.
        console.error(`mock-services: events were lost on their way to ${STREAM}: ${error.message}`)
        await untilDone(() => redis.xtrim(STREAM, 'MAXLEN', 0))
        after = events.lastId()
      }
    }
  }

  async function untilDone(command: (failures: number) => Promise<unknown>) {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await command(failures)
        return
      } catch (error) {
        if (failures === 0 && !signal.aborted)
          console.error(`mock-services: ${STREAM} cannot be written: ${String(error)}; going on trying`)
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {})
      }
    }
  }

  async function add({ id, type, data }: DomainEvent, again: boolean) {
    const entry = ['type', type, 'data', JSON.stringify(data)]
    try {
      await redis.xadd(STREAM, 'MAXLEN', '~', keep, streamId(id), ...entry)
    } catch (error) {
      if (!String(error).includes('equal or smaller')) throw error
      // A repetition was added by an attempt whose answer was lost.
      if (!again) console.error(`mock-services: ${STREAM} has events later than ${id}, which is left out`)
    }
  }
}

/** The log's ids count on from the millisecond of its start: the parts of an id of Redis. */
function streamId(id: string): string {
  const number = BigInt(id)
  return `${number / 1_000_000n}-${number % 1_000_000n}`
}
