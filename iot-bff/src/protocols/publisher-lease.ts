import { randomUUID } from 'node:crypto'
import type { Log } from '@harbor/shared-runtime/log'
import type { RedisConnection } from '@harbor/shared-runtime/redis'

/** Decides which replica talks to the broker. Told of each change; at most one replica holds the lease. */
export type PublisherLease = {
  start(held: (isHeld: boolean) => void): void
  /** Whether it is held now, asked anew: a process that was suspended may not know yet that it is not. */
  confirm(): Promise<boolean>
  /** Gives the lease back, so that another replica has it at once. */
  stop(): Promise<void>
}

const KEY = 'harbor:iot:publisher'
/** A replica that died is replaced after at most this time and one more look. */
const LEASE_MS = 4_000
const LOOK_MS = 1_000

/** ARGV: token, milliseconds. 1 for the holder. */
const CLAIM = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1`

/** The lease of a process that is alone: it always has it. */
export const ownLease = (): PublisherLease => ({
  start: (held) => held(true),
  confirm: async () => true,
  stop: async () => {},
})

/**
 * A lease in Redis, renewed every second. While Redis is away it stays as it is, so flags continue to be published:
 * should two replicas believe to hold it, the broker lets only one in, as both use one client id.
 */
export function redisLease(redis: RedisConnection, log: Log): PublisherLease {
  const token = randomUUID()
  let timer: NodeJS.Timeout | undefined
  let isHeld = false
  let stopped = false
  let last: Promise<unknown> = Promise.resolve()
  let tell = (_isHeld: boolean) => {}

  return {
    start(held) {
      tell = held
      void inTurn()
      timer = setInterval(inTurn, LOOK_MS)
    },
    async confirm() {
      await inTurn()
      return isHeld
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await last
      if (isHeld) await redis.client.eval(RELEASE, 1, KEY, token).catch(() => {})
      isHeld = false
    },
  }

  function inTurn(): Promise<unknown> {
    last = last.then(look)
    return last
  }

  async function look() {
    if (stopped) return

    let holds: boolean
    try {
      holds = (await redis.client.eval(CLAIM, 1, KEY, token, LEASE_MS)) === 1
    } catch (err) {
      return log.debug({ err }, 'Redis does not answer: the publisher of flags stays as it is')
    }
    if (holds === isHeld || stopped) return
    isHeld = holds
    log.info(holds ? 'this replica publishes the flags' : 'another replica publishes the flags')
    tell(holds)
  }
}
