import { setTimeout } from 'node:timers/promises'
import { Cluster, Redis } from 'ioredis'
import type { RedisAddress } from './address.ts'
import { redisTrouble } from './trouble.ts'

/** The connections of a process to its Redis. Commands fail at once, or within 100 ms, when it is unavailable. */
export type RedisConnection = {
  /** Commands with several keys must stay within a slot: a cluster refuses others. */
  readonly client: Redis | Cluster
  /** Waits until commands can be sent, `withinMs` at most; returns whether they can. */
  readonly ready: (withinMs: number) => Promise<boolean>
  /** A new connection for subscriptions only, to any node that receives published messages. */
  readonly listener: () => Redis
  /** Writes a probe key without meaning to every master. Fails as a write of `name` would. */
  readonly probe: (name: string) => Promise<unknown>
  /** The last error of the connection itself, for when no command can be sent. */
  readonly lastError: () => unknown
  readonly close: () => void
}

/** Command timeout; callers with less time stop waiting earlier. */
const COMMAND_TIMEOUT_MS = 100
const CONNECT_TIMEOUT_MS = 1_000
const RECONNECT_MS = 250
const READY_POLL_MS = 5

/**
 * Opens a connection; it connects in the background, and again whenever it is lost.
 * @param options.commandTimeoutMs 100 by default; more for tests that are not about time
 */
export function connectRedis(
  address: RedisAddress,
  { commandTimeoutMs = COMMAND_TIMEOUT_MS }: { commandTimeoutMs?: number } = {},
): RedisConnection {
  const client =
    address.kind === 'cluster'
      ? openCluster(address, commandTimeoutMs)
      : new Redis(commandOptions(address, commandTimeoutMs))
  let lastError: unknown
  const refusedDatabase = () => redisTrouble(lastError).kind === 'wrong-database'
  // Without a listener ioredis writes to standard error.
  client.on('error', (error) => {
    // After a refused SELECT ioredis continues with database 0: that must stay an error.
    if (!refusedDatabase()) lastError = error
  })
  client.on('ready', () => {
    if (!refusedDatabase()) lastError = undefined
  })
  return {
    client,
    ready: async (withinMs) => {
      const giveUpAt = performance.now() + withinMs
      while (client.status !== 'ready' && performance.now() < giveUpAt) await setTimeout(READY_POLL_MS)
      return client.status === 'ready'
    },
    listener: () => new Redis(listenerOptions(address, client)),
    async probe(name) {
      if (refusedDatabase()) throw lastError
      if (client instanceof Cluster) client.refreshSlotsCache()
      const keys = client instanceof Cluster ? SPREAD.map((n) => `${name}:{@probe:${n}}`) : [`${name}:@probe`]
      return Promise.all(keys.map((key) => client.set(key, 1, 'PX', PROBE_KEPT_MS)))
    },
    lastError: () => lastError,
    close: () => client.disconnect(),
  }
}

/** With these tags a key falls into each sixteenth of the slots of a cluster, so all its masters must answer. */
const SPREAD = [63, 41, 1, 23, 62, 40, 0, 22, 61, 43, 3, 21, 60, 42, 2, 20]
const PROBE_KEPT_MS = 10_000
/** Reconnecting leaves a master that became a replica; not on each command, because it may stay one. */
const READONLY_RECONNECT_MS = 5_000

function reconnectOnReadOnly(): (error: Error) => boolean {
  let last = Number.NEGATIVE_INFINITY
  return ({ message }) => {
    if (!message.startsWith('READONLY') || performance.now() - last < READONLY_RECONNECT_MS) return false
    last = performance.now()
    return true
  }
}

const reconnectDelay = (times: number) => Math.min(25 * times, RECONNECT_MS) * (0.8 + 0.2 * Math.random())

const identity = ({ username, password, tls }: RedisAddress) => ({
  ...(username && { username }),
  ...(password && { password }),
  ...(tls && { tls: {} }),
})

function place({ kind, nodes, master = '', tls, db }: RedisAddress) {
  if (kind === 'sentinel')
    return {
      sentinels: nodes.map(({ host, port }) => ({ host, port })),
      name: master,
      db,
      enableTLSForSentinelMode: tls,
      sentinelRetryStrategy: reconnectDelay,
      // Sentinels report a failover themselves; but a connection to a master that only hangs would stay open.
      failoverDetector: true,
    }
  return { host: nodes[0]?.host ?? '', port: nodes[0]?.port ?? 0, db }
}

const commandOptions = (address: RedisAddress, commandTimeout: number) => ({
  ...place(address),
  ...identity(address),
  enableOfflineQueue: false,
  // Commands sent before a connection broke are not sent again: their callers no longer wait.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout,
  connectTimeout: CONNECT_TIMEOUT_MS,
  retryStrategy: reconnectDelay,
  reconnectOnError: reconnectOnReadOnly(),
})

const openCluster = (address: RedisAddress, commandTimeout: number) =>
  new Cluster([...address.nodes], {
    enableOfflineQueue: false,
    maxRedirections: 4,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 50,
    slotsRefreshTimeout: 200,
    slotsRefreshInterval: 5_000,
    clusterRetryStrategy: reconnectDelay,
    redisOptions: {
      ...identity(address),
      maxRetriesPerRequest: 0,
      commandTimeout,
      connectTimeout: CONNECT_TIMEOUT_MS,
    },
  })

/** Every node of a cluster forwards messages published at any other: any node that answers will do. */
function listenerPlace(address: RedisAddress, client: Redis | Cluster) {
  if (address.kind !== 'cluster') return place(address)
  const known = client instanceof Cluster ? client.nodes('all').map(({ options }) => options) : []
  const nodes = known.length > 0 ? known : address.nodes
  const { host = '', port = 0 } = nodes[Math.floor(Math.random() * nodes.length)] ?? {}
  return { host, port }
}

const listenerOptions = (address: RedisAddress, client: Redis | Cluster) => ({
  ...listenerPlace(address, client),
  ...identity(address),
  connectTimeout: CONNECT_TIMEOUT_MS,
  lazyConnect: true,
  // The subscriber opens another one, to another node if needed.
  retryStrategy: () => null,
})
