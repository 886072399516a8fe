/** One slot, so that a cluster takes the scripts: the records by id, and the ids by the version of their newest change. */
export const KEYS = ['{harbor:devices}', '{harbor:devices}:changes'] as const

export const CHANGED_CHANNEL = 'harbor:devices:changed'

/**
 * ARGV: id, the record as it was read, the record as it is to be (both empty for none), channel, and `never-seen`
 * for a device that must not have been there before, not even to be removed. 1 when it was written.
 * Versions are microseconds since 1970 or one more than the last: a Redis that lost its data never counts back.
 */
export const WRITE = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[5] == 'never-seen' and redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
local time = redis.call('TIME')
local version = time[1] * 1000000 + time[2]
local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if last[2] and tonumber(last[2]) >= version then version = tonumber(last[2]) + 1 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
redis.call('ZADD', KEYS[2], string.format('%.0f', version), ARGV[1])
redis.call('PUBLISH', ARGV[4], ARGV[1])
return 1`

/** ARGV: version known, how many at most. Rows of id, version and record (empty: gone), the oldest change first. */
export const READ_CHANGES = `
local rows = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local page = {}
for i = 1, #rows, 2 do
  local version = string.format('%.0f', tonumber(rows[i + 1]))
  page[#page + 1] = { rows[i], version, redis.call('HGET', KEYS[1], rows[i]) or '' }
end
return page`
