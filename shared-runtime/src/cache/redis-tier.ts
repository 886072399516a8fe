import type { Log } from '../log/log.ts'
import type { RedisConnection } from '../redis/connect.ts'
import { emit } from './channels.ts'
import { Fence } from './fence.ts'
import { listen } from './listen.ts'
import { RedisGuard } from './redis-guard.ts'
import { SharedTier } from './shared-tier.ts'

type Options = {
  readonly now: () => number
  readonly log: Pick<Log, 'warn' | 'info'> | undefined
  /** Called with the tags that another process purged. */
  readonly onPurge: (tags: readonly string[]) => void
  /** Called when purges of other processes may have been missed. */
  readonly onGap: () => void
  /** The namespace tags of all kinds. */
  readonly namespaces: () => readonly string[]
  readonly longestLifeMs: () => number
}

/** A purge is recorded for longer than the lifetime of its entries and the duration of a load. */
const RECORD_MARGIN = 2
const RECORD_LEAST_MS = 3_600_000

/** Connects a cache to Redis: its entries, its records of purges, and purges by other processes. */
export function attachRedis(name: string, connection: RedisConnection, options: Options) {
  const guard: RedisGuard = new RedisGuard({
    probe: () => connection.probe(name),
    onError: (error) => emit('redis-error', name, '', 1, { error }),
    onTrouble({ kind, words, readable }) {
      emit('redis-away', name)
      const effect = readable ? 'new entries are cached in memory only' : 'the cache uses memory only'
      options.log?.warn({ cache: name, redis: kind }, `Redis ${words}: ${effect}`)
    },
    onBack() {
      emit('redis-back', name)
      options.log?.info({ cache: name }, 'Redis works again')
      void fence.flush()
    },
  })
  const fence = new Fence({
    name,
    connection,
    guard,
    recordMs: () => Math.ceil(options.longestLifeMs() * RECORD_MARGIN) + RECORD_LEAST_MS,
    everything: options.namespaces,
  })
  const shared = new SharedTier({ name, connection, guard, fence, now: options.now })
  const stopListening = listen(connection, fence.channel, {
    onMessage(text) {
      const tags = fence.receive(text)
      if (tags.length > 0) options.onPurge(tags)
    },
    onGap: options.onGap,
  })
  return {
    fence,
    shared,
    close() {
      stopListening()
      fence.close()
      guard.close()
    },
  }
}
