import { randomUUID } from 'node:crypto'
import { RedisGuard } from '@harbor/shared-runtime/cache/redis-guard'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Log } from '@harbor/shared-runtime/log'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import type { SessionStore } from './store.ts'

const PREFIX = 'graphql-bff:session'
const WITHIN_MS = 100

/** KEYS: lock. ARGV: owner, milliseconds to hold it. A lock of another owner is left unchanged. */
const UNLOCK = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(ARGV[2]) > 0 then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('DEL', KEYS[1])`

/** Sessions in Redis, for every replica. Each command has one key, so that a cluster accepts it. */
export function createRedisStore(
  { client, probe }: Pick<RedisConnection, 'client' | 'probe'>,
  log: Log,
  { withinMs = WITHIN_MS }: { withinMs?: number } = {},
): SessionStore & { close(): void } {
  const guard = new RedisGuard({
    probe: () => probe(PREFIX),
    onError: (error) => log.debug({ err: error }, 'session store failed'),
    onTrouble: ({ kind, words, readable }) =>
      log.warn(
        { redis: kind },
        readable
          ? `Redis ${words}: sessions can be read, log-ins fail`
          : `Redis ${words}: only requests without a session are served`,
      ),
    onBack: () => log.info('Redis works again: sessions are served'),
  })

  async function run<T>(commands: () => Promise<T>): Promise<T> {
    const done = await guard.run(async () => ({ value: await commands() }), withinMs)
    if (!done)
      throw new UpstreamError(
        'session-store',
        'unavailable',
        `Redis ${guard.trouble?.words ?? 'does not answer'}`,
      )
    return done.value
  }

  const entry = (key: string) => `${PREFIX}:${key}`
  const groupKey = (group: string) => `${PREFIX}:group:${group}`
  const nameKey = (name: string) => `${PREFIX}:name:${name}`

  async function join(group: string, key: string, maxMs: number): Promise<void> {
    // biome-ignore lint/plugin: scores of a set that every replica reads
    const now = Date.now()
    await client.zadd(groupKey(group), now + maxMs, key)
    await client.zremrangebyscore(groupKey(group), '-inf', now)
    // Earlier members have expired by then, since all sessions have the same limits.
    await client.pexpire(groupKey(group), maxMs)
  }

  return {
    put: (key, sealed, { idleMs, maxMs, groups }) =>
      run(async () => {
        // The groups first: otherwise a crash could leave a session that log-out everywhere does not find.
        await Promise.all(groups.map((group) => join(group, key, maxMs)))
        await client.set(entry(key), sealed, 'PX', Math.ceil(idleMs))
      }),
    get: (key, prolongMs) =>
      run(async () => {
        if (prolongMs !== undefined) {
          const leftMs = Math.ceil(prolongMs)
          const sealed = await client.getex(entry(key), 'PX', leftMs)
          return sealed === null ? undefined : { sealed, leftMs }
        }
        const [sealed, leftMs] = await Promise.all([client.get(entry(key)), client.pttl(entry(key))])
        return sealed === null ? undefined : { sealed, leftMs }
      }),
    replace: (key, sealed) =>
      run(async () => (await client.set(entry(key), sealed, 'KEEPTTL', 'XX')) === 'OK'),
    remove: (key) => run(async () => void (await client.del(entry(key)))),
    members: (group) => run(() => client.zrange(groupKey(group), '0', '-1')),
    lock: (name, ms) =>
      run(async () => {
        const owner = randomUUID()
        const taken = await client.set(nameKey(name), owner, 'PX', Math.ceil(ms), 'NX')
        return taken === 'OK' ? owner : undefined
      }),
    unlock: (name, owner, keepMs = 0) =>
      run(async () => void (await client.eval(UNLOCK, 1, nameKey(name), owner, `${Math.ceil(keepMs)}`))),
    mark: (name, ms) => run(async () => void (await client.set(nameKey(name), '', 'PX', Math.ceil(ms)))),
    isMarked: (name) => run(async () => (await client.exists(nameKey(name))) === 1),
    close: () => guard.close(),
  }
}
