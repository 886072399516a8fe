import { withTimeout } from '../cache/redis-guard.ts'
import type { Log } from '../log/log.ts'
import { type Part, StartError } from '../process/part.ts'
import type { RedisConnection } from './connect.ts'
import { type RedisTrouble, redisTrouble } from './trouble.ts'

type Options = {
  /** The process's name: the prefix of the probe key. */
  name: string
  connection: RedisConnection
  log: Pick<Log, 'warn' | 'info'>
  /** How long the start waits for Redis. After that, the process continues starting but is unready. */
  startMs?: number
  /** Interval of the probes. */
  everyMs?: number
}

const START_MS = 1_000
const START_RETRY_MS = 50
const EVERY_MS = 1_000
const PROBE_MS = 500

/**
 * The Redis connections of a process, as its first part, closed last. A wrong password, permission, database or kind
 * of Redis ends the start. An unavailable Redis keeps the process unready until it has worked once; after that it only
 * appears in the details, or one outage of Redis would take all replicas out of service together.
 */
export function redisPart({ name, connection, log, startMs = START_MS, everyMs = EVERY_MS }: Options): Part {
  let trouble: RedisTrouble | undefined
  let since = 0
  let usedOnce = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    const found = await withTimeout(connection.probe(name), PROBE_MS).then(
      () => undefined,
      // Without a connection a command fails without a reason; the last error of the connection has it.
      (error: unknown) => {
        const [said, of] = [redisTrouble(error), redisTrouble(connection.lastError())]
        const known = said.kind === 'unreachable' ? of : said
        return known.kind === 'unreachable' ? (trouble ?? known) : known
      },
    )
    if (found?.kind !== trouble?.kind) {
      since = performance.now()
      if (usedOnce && found) log.warn({ redis: found.kind }, `Redis ${found.words}`)
      if (usedOnce && !found) log.info('Redis works again')
    }
    trouble = found
    usedOnce ||= found === undefined
  }

  function lookLater(): void {
    if (stopped) return
    timer = setTimeout(() => void look().then(lookLater), everyMs)
    timer.unref()
  }

  return {
    name: 'redis',
    async start() {
      const giveUpAt = performance.now() + startMs
      do {
        await connection.ready(START_RETRY_MS)
        await look()
        if (trouble?.setting)
          throw new StartError(
            `Redis ${trouble.words} (${trouble.kind}). Set REDIS_URL to one that it takes.`,
          )
      } while (trouble && performance.now() < giveUpAt)
      if (trouble) log.warn({ redis: trouble.kind }, `Redis ${trouble.words}: not ready until it works`)
      lookLater()
      return undefined
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      connection.close()
    },
    unready: () => (usedOnce ? undefined : `Redis ${trouble?.words ?? 'is not known yet'}`),
    details: () =>
      trouble
        ? { works: false, trouble: trouble.kind, forSeconds: Math.round((performance.now() - since) / 1_000) }
        : { works: usedOnce },
  }
}
