// Each script has all its keys in one slot, so that a cluster accepts it.

/** Length of a stamp: microseconds since 1970, which sort as text until the year 2286. */
export const STAMP_LENGTH = 16

/**
 * KEYS: clock. The next stamp: later than every earlier one. It is never behind the wall clock, so this holds even
 * when Redis lost its data or the last writes in a failover.
 */
export const NEXT_STAMP = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
if last >= now then now = last + 1 end
local stamp = string.format('%016.0f', now)
redis.call('SET', KEYS[1], stamp)
return stamp`

/** KEYS: record of a tag. ARGV: stamp, milliseconds to live. The latest purge wins, in any order of writes. */
export const RECORD_PURGE = `
local known = redis.call('GET', KEYS[1])
if not known or known < ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1`

/** KEYS: entry, lock. ARGV: stamp, entry, milliseconds to live, token. An older load never replaces a newer one. */
export const STORE = `
if redis.call('GETRANGE', KEYS[1], 0, ${STAMP_LENGTH - 1}) < ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2], 'PX', ARGV[3])
end
if redis.call('GET', KEYS[2]) == ARGV[4] then redis.call('DEL', KEYS[2]) end
return 1`

/** KEYS: lock. ARGV: token, milliseconds to live. */
export const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`

/** KEYS: lock. ARGV: token. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`
