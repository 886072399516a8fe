import type { RedisConnection } from '@harbor/shared-runtime/redis'
import { z } from 'zod'
import { type Changed, type ChangeLog, KEEP, newEpoch, page } from './change-log.ts'

/** Both in one slot, so that a cluster accepts the scripts. */
const KEYS = { state: 'mobile-bff:{changes}:state', log: 'mobile-bff:{changes}:log' }

/**
 * ARGV[1]: the name for a new epoch. A new one starts when there is none, or when the stored state is not the last one
 * written: Redis restarted without some of its data.
 */
const OPEN = `
local state, log = KEYS[1], KEYS[2]
local function number(field) return tonumber(redis.call('HGET', state, field) or '0') end
local function begin()
  redis.call('DEL', log)
  redis.call('HSET', state, 'epoch', ARGV[1], 'size', 0, 'floor', number('at'))
end
if redis.call('ZCARD', log) ~= tonumber(redis.call('HGET', state, 'size') or '-1') then begin() end
`

/** ARGV: epoch, event, maximum things, what changed ('' for nothing). */
const RECORD = `${OPEN}
redis.call('HSET', state, 'event', ARGV[2])
if ARGV[4] == '' then return number('at') end
local at = redis.call('HINCRBY', state, 'at', 1)
redis.call('ZADD', log, at, ARGV[4])
local over = redis.call('ZCARD', log) - ARGV[3]
if over > 0 then
  local gone = redis.call('ZPOPMIN', log, over)
  redis.call('HSET', state, 'floor', gone[#gone])
end
redis.call('HSET', state, 'size', redis.call('ZCARD', log))
return at`

const START_OVER = `${OPEN}
begin()`

const HEAD = `${OPEN}
return { redis.call('HGET', state, 'epoch'), number('at') }`

/** ARGV: epoch, requested epoch and position, maximum changes. */
const SINCE = `${OPEN}
local epoch, at, from = redis.call('HGET', state, 'epoch'), number('at'), tonumber(ARGV[3])
if epoch ~= ARGV[2] or from > at or from < number('floor') then return false end
return { at, redis.call('ZRANGEBYSCORE', log, '(' .. ARGV[3], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[4]) }`

const Head = z.tuple([z.string(), z.int()])
const ChangedThing = z.templateLiteral([z.enum(['product', 'price']), ':', z.string()])
const Since = z
  .tuple([z.int(), z.array(z.string())])
  .transform(([at, flat]) => ({
    at,
    after: flat.flatMap((thing, i): [Changed, number][] =>
      i % 2 === 0 ? [[ChangedThing.parse(thing), Number(flat[i + 1])]] : [],
    ),
  }))
  .nullable()

/** One log for all replicas on a Redis: each writes the events it receives, and any can answer for any position. */
export function redisChangeLog({ client }: Pick<RedisConnection, 'client'>, { keep = KEEP } = {}): ChangeLog {
  /** The highest position seen by this process. */
  let reached = 0
  const run = (script: string, ...args: (string | number)[]) =>
    client.eval(script, 2, KEYS.state, KEYS.log, newEpoch(), ...args)

  return {
    async record(changed, eventId) {
      const at = z.int().parse(await run(RECORD, eventId, keep, changed ?? ''))
      // A lagging replica of Redis has taken over: the last writes of other processes are lost.
      if (at < reached) await run(START_OVER)
      reached = at
    },
    startOver: async () => void (await run(START_OVER)),
    lastEvent: async () => (await client.hget(KEYS.state, 'event')) ?? undefined,
    async head() {
      const [epoch, at] = Head.parse(await run(HEAD))
      return { epoch, at }
    },
    async since(from, limit) {
      const found = Since.parse(await run(SINCE, from.epoch, from.at, limit + 1))
      return found === null ? undefined : page(found.after, { epoch: from.epoch, at: found.at }, limit)
    },
  }
}
