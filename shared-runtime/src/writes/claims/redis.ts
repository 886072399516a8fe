import { z } from 'zod'
import { UpstreamError } from '../../errors/errors.ts'
import type { RedisConnection } from '../../redis/connect.ts'
import { redisTrouble } from '../../redis/trouble.ts'
import { type Claim, type Claims, REFUSED_MS, SPENT_MS } from './claims.ts'

// KEYS of each script, in one slot: the thing (`owner`, `spent`), and the answer to this owner.

/** ARGV: owner, version, milliseconds to store a refusal. */
const TAKE = `
local before = redis.call('GET', KEYS[2])
if before then return before end
local found = redis.call('HMGET', KEYS[1], 'owner', 'spent')
if found[1] == ARGV[1] then return 'taken' end
local answer = 'taken'
if found[1] then answer = 'held'
elseif found[2] and tonumber(ARGV[2]) <= tonumber(found[2]) then answer = 'spent' end
if answer == 'taken' then
  redis.call('HSET', KEYS[1], 'owner', ARGV[1])
  redis.call('PERSIST', KEYS[1])
else
  redis.call('SET', KEYS[2], answer, 'PX', ARGV[3])
end
return answer`

/** ARGV: owner, milliseconds to store a refusal, milliseconds to store a spent version. */
const RELEASE = `
redis.call('SET', KEYS[2], 'held', 'PX', ARGV[2])
if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'owner')
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 'done'`

/** ARGV: owner, version, milliseconds to store a spent version. */
const SPEND = `
if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then redis.call('HDEL', KEYS[1], 'owner') end
local spent = redis.call('HGET', KEYS[1], 'spent')
if not spent or tonumber(spent) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'spent', ARGV[2]) end
if redis.call('HEXISTS', KEYS[1], 'owner') == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 'done'`

const Taken = z.enum(['taken', 'held', 'spent'])
const Done = z.literal('done')

/**
 * Claims shared by all processes with this namespace, including different BFFs. A held thing has no expiry. Every
 * method fails with `UpstreamError` `unavailable` within 100 ms when Redis does not answer.
 */
export function redisClaims(connection: RedisConnection, namespace: string): Claims {
  async function ask<T>(
    script: string,
    { thing, owner }: Claim,
    args: (string | number)[],
    answer: z.ZodType<T>,
  ): Promise<T> {
    const keys = [`${namespace}:{${thing}}`, `${namespace}:{${thing}}:${owner}`]
    try {
      return answer.parse(await connection.client.eval(script, keys.length, ...keys, owner, ...args))
    } catch (cause) {
      throw new UpstreamError('redis', 'unavailable', `${namespace}: Redis ${redisTrouble(cause).words}`, {
        cause,
      })
    }
  }
  return {
    take: (claim) => ask(TAKE, claim, [claim.version, REFUSED_MS], Taken),
    async release(claim) {
      await ask(RELEASE, claim, [REFUSED_MS, SPENT_MS], Done)
    },
    async spend(claim) {
      await ask(SPEND, claim, [claim.version, SPENT_MS], Done)
    },
  }
}
