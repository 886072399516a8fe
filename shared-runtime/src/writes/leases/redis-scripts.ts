// Each script has all its keys in one slot, and uses the clock of Redis: the clocks of processes differ.

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** Ends a script whose lease is lost. KEYS[1]: record. ARGV[1]: token. */
const HELD = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end`

/**
 * KEYS: record, index of due records (only for records that are recovered).
 * ARGV: token, milliseconds of the lease, initial value or nothing, milliseconds to store an open record, its key.
 */
export const CLAIM = `${NOW}
local found = redis.call('HMGET', KEYS[1], 'value', 'settled', 'heldUntil')
local value = found[1]
local state = 'claimed'
if not value then
  if ARGV[3] == '' then
    if KEYS[2] then redis.call('ZREM', KEYS[2], ARGV[5]) end
    return { 'absent', '' }
  end
  value = ARGV[3]
  state = 'new'
elseif found[2] then
  return { 'settled', value }
elseif tonumber(found[3]) > now then
  return { 'held', value }
end
local till = now + ARGV[2]
redis.call('HSET', KEYS[1], 'value', value, 'token', ARGV[1], 'heldUntil', till)
if KEYS[2] then redis.call('ZADD', KEYS[2], till, ARGV[5]) else redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return { state, value }`

/** ARGV: token, value, milliseconds of the lease, key. */
export const WRITE = `${NOW}${HELD}
local till = now + ARGV[3]
redis.call('HSET', KEYS[1], 'value', ARGV[2], 'heldUntil', till)
if KEYS[2] then redis.call('ZADD', KEYS[2], till, ARGV[4]) end
return 1`

/** ARGV: token, value, milliseconds to store it, key. */
export const SETTLE = `${HELD}
redis.call('HSET', KEYS[1], 'value', ARGV[2], 'settled', 1)
redis.call('HDEL', KEYS[1], 'token', 'heldUntil')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if KEYS[2] then redis.call('ZREM', KEYS[2], ARGV[4]) end
return 1`

/** ARGV: token, value, milliseconds after which it is due, key. */
export const RELEASE = `${NOW}${HELD}
redis.call('HSET', KEYS[1], 'value', ARGV[2], 'heldUntil', 0)
redis.call('HDEL', KEYS[1], 'token')
if KEYS[2] then redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[4]) end
return 1`

/** ARGV: token, key. */
export const FORGET = `${HELD}
redis.call('DEL', KEYS[1])
if KEYS[2] then redis.call('ZREM', KEYS[2], ARGV[2]) end
return 1`

/** KEYS: index. ARGV: maximum number of results. */
export const DUE = `${NOW}
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])`
