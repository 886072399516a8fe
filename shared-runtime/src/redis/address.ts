import { z } from 'zod'
import { setting } from '../config/config.ts'

/** The location of a Redis, parsed from `REDIS_URL`. */
export type RedisAddress = {
  readonly kind: 'single' | 'sentinel' | 'cluster'
  /** The server; the Sentinels; some nodes of the cluster. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  readonly tls: boolean
  readonly username?: string
  readonly password?: string
  readonly db: number
  /** The master's name in Sentinel. */
  readonly master?: string
}

// The formats of other clients: redis-py and similar ones for Sentinel, and the same format for a cluster.
const URL_FORM = /^redis(s)?(?:\+(sentinel|cluster))?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#]+)(?:\/(.*))?$/
const NODE_FORM = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/
const DEFAULT_PORTS = { single: 6379, sentinel: 26_379, cluster: 6379 }

/** Parses the address of a Redis; `undefined` when it is invalid. */
export function parseRedisUrl(url: string): RedisAddress | undefined {
  const [, tls, plus = 'single', user, password, hosts = '', path = ''] = URL_FORM.exec(url) ?? []
  const kind = plus as RedisAddress['kind']
  const nodes = hosts.split(',').map((node) => {
    const [, host = '', port = DEFAULT_PORTS[kind]] = NODE_FORM.exec(node) ?? []
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
  })
  if (nodes.some(({ host, port }) => host === '' || port < 1 || port > 65_535)) return undefined
  if (kind === 'single' && nodes.length > 1) return undefined
  const [first = '', second = '', ...rest] = path.split('/')
  const [master, db] = kind === 'sentinel' ? [first, second] : ['', first]
  const misplaced = rest.length > 0 || (kind !== 'sentinel' && second !== '')
  if (misplaced || !/^\d{0,4}$/.test(db) || (kind === 'cluster' && db !== '')) return undefined
  if (kind === 'sentinel' && !/^[\w.-]+$/.test(master)) return undefined
  const [username, secret] = [decoded(user), decoded(password)]
  if (username === undefined || secret === undefined) return undefined
  return {
    kind,
    nodes,
    tls: tls !== undefined,
    db: Number(db),
    ...(username && { username }),
    ...(secret && { password: secret }),
    ...(master && { master }),
  }
}

function decoded(text = ''): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** `REDIS_URL`: unset (everything in memory), one Redis, Sentinels or a cluster; `rediss` is the same over TLS. */
export const redisUrl = setting(
  z
    .string()
    .transform((url, context) => {
      const address = parseRedisUrl(url)
      if (address) return address
      context.addIssue({ code: 'custom', message: 'not the address of a Redis' })
      return z.NEVER
    })
    .optional(),
  {
    about: 'Redis for cache, sessions, limits and events; everything in memory when not set.',
    allowed:
      'redis://[user:password@]host[:port][/db], redis+sentinel://…@host:port,host:port/master-name[/db] ' +
      'or redis+cluster://…@host:port,host:port; rediss… for TLS',
  },
)
