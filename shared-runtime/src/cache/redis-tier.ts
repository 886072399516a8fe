import type { Log } from '../log.ts'
import type { RedisConnection } from '../redis.ts'
import { emit } from './channels.ts'
import { Fence } from './fence.ts'
import { listen } from './listen.ts'
import { RedisGuard } from './redis-guard.ts'
import { SharedTier } from './shared-tier.ts'

type Options = {
  readonly now: () => number
  readonly log: Pick<Log, 'warn' | 'info'> | undefined
  /** Another process purged these. */
  readonly onPurge: (tags: readonly string[]) => void
  /** Other processes may have purged what is not known here. */
  readonly onGap: () => void
  /** Every kind's tag. */
  readonly namespaces: () => readonly string[]
  readonly longestLifeMs: () => number
}

/** A purge is remembered for longer than any entry that it concerns can live, and a load can take. */
const RECORD_MARGIN = 2
const RECORD_LEAST_MS = 3_600_000

/** Joins a cache to Redis: what is kept there, what was purged, what others purge. */
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
