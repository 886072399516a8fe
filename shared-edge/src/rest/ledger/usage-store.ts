import type { RedisConnection } from '@harbor/shared-runtime/redis'
import { forgottenBefore, keyOf, MOST_APPS, OTHER, type Usage } from './usage.ts'

/** Sums usages per route: in this process, or over all replicas and restarts. */
export type UsageStore = {
  /** @throws when they could not be added; some of them may have been added */
  add(route: string, usages: readonly Usage[]): Promise<void>
  read(route: string): Promise<Usage[]>
}

// biome-ignore lint/plugin: days of the calendar
export function memoryUsage(now: () => Date = () => new Date()): UsageStore {
  const routes = new Map<string, Map<string, Usage>>()
  return {
    async add(route, usages) {
      const known = routes.get(route) ?? new Map<string, Usage>()
      routes.set(route, known)
      for (const usage of usages) {
        if (!known.has(keyOf(usage)) && known.size >= MOST_APPS) forget(known, forgottenBefore(now()))
        addTo(known, usage)
      }
    },
    read: async (route) => [...(routes.get(route)?.values() ?? [])].map((usage) => ({ ...usage })),
  }
}

function forget(known: Map<string, Usage>, before: string): void {
  for (const [key, { lastSeen }] of known) if (lastSeen < before) known.delete(key)
}

/** Adds a usage to those of its route; counts it as `other` when the maximum number of apps is reached. */
export function addTo(known: Map<string, Usage>, usage: Usage): void {
  const full = !known.has(keyOf(usage)) && known.size >= MOST_APPS
  const counted = full ? { ...usage, app: OTHER } : usage
  const before = known.get(keyOf(counted))
  known.set(keyOf(counted), {
    ...counted,
    requests: counted.requests + (before?.requests ?? 0),
    lastSeen: before && before.lastSeen > counted.lastSeen ? before.lastSeen : counted.lastSeen,
  })
}

/**
 * KEYS: requests and last days of a route. ARGV: maximum number of apps, the day before which one is dropped, then for
 * each usage its key, the key of `other`, requests, day. The same as in memory, for all replicas together.
 */
const ADD = `
for i = 3, #ARGV, 4 do
  local key = ARGV[i]
  local function full()
    return redis.call('HEXISTS', KEYS[1], key) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[1])
  end
  if full() then
    local days = redis.call('HGETALL', KEYS[2])
    for j = 1, #days, 2 do
      if days[j + 1] < ARGV[2] then
        redis.call('HDEL', KEYS[1], days[j])
        redis.call('HDEL', KEYS[2], days[j])
      end
    end
  end
  if full() then key = ARGV[i + 1] end
  redis.call('HINCRBY', KEYS[1], key, ARGV[i + 2])
  local known = redis.call('HGET', KEYS[2], key)
  if not known or known < ARGV[i + 3] then redis.call('HSET', KEYS[2], key, ARGV[i + 3]) end
end
return 1`

/** @param name prefix of the keys of the processes that count together */
export function redisUsage(
  { client }: RedisConnection,
  name: string,
  // biome-ignore lint/plugin: days of the calendar
  now: () => Date = () => new Date(),
): UsageStore {
  // Both keys of a route are in one slot, so that a cluster accepts the script.
  const keys = (route: string) => [`{${name}:clients:${route}}:requests`, `{${name}:clients:${route}}:days`]
  return {
    async add(route, usages) {
      const given = usages.flatMap((usage) => [
        keyOf(usage),
        keyOf({ ...usage, app: OTHER }),
        usage.requests,
        usage.lastSeen,
      ])
      await client.eval(ADD, 2, ...keys(route), MOST_APPS, forgottenBefore(now()), ...given)
    },
    async read(route) {
      const [requestsKey = '', daysKey = ''] = keys(route)
      const [requests, days] = await Promise.all([client.hgetall(requestsKey), client.hgetall(daysKey)])
      return Object.entries(requests).map(([key, count]) => {
        const [schemaVersion, ...app] = key.split(' ')
        return {
          app: app.join(' '),
          schemaVersion: Number(schemaVersion),
          requests: Number(count),
          lastSeen: days[key] ?? '',
        }
      })
    },
  }
}
