import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer, TestCluster } from '@harbor/shared-testing/redis-server'
import { until } from '@harbor/shared-testing/until'
import { cacheChannels, createCache } from '../src/cache/index.ts'
import { connectRedis } from '../src/redis/connect.ts'
import { Thing } from './cache.ts'
import { addressOf } from './redis-address.ts'

/** Something that happens to a Redis under load, and how it ends. */
export type Fault = {
  readonly name: string
  /** Milliseconds until its end, if not those of the load. */
  readonly lastsMs?: number
  readonly happen: () => Promise<void> | void
  /** Resolves once Redis can serve again. */
  readonly end: () => Promise<void> | void
}

export type Figures = {
  readonly requests: number
  readonly errors: number
  /** Milliseconds: while all is well, and from the fault until a second after its end. */
  readonly p99: { readonly before: number; readonly during: number }
  /** Milliseconds from the end of the fault to the next value out of Redis. */
  readonly backAfterMs: number
}

const UPSTREAM_MS = 5
/** Few, so that an empty Redis soon has something to give. */
const IDS = 40

/** Reads through a cache, at a steady rate, before, during and after a fault. Nothing is answered from memory. */
export async function underFault(
  url: string,
  fault: Fault,
  { rps, beforeMs, faultMs }: { rps: number; beforeMs: number; faultMs: number },
): Promise<Figures> {
  const redis = connectRedis(addressOf(url))
  await redis.ready(5_000)
  // Room for one entry: each read goes to Redis.
  const cache = createCache({ name: 'faults', redis, maxEntries: 1 })
  const things = cache.define({
    namespace: 'catalog:thing',
    schema: Thing,
    policy: { ttlMs: 60_000, graceMs: 60_000, negativeTtlMs: 1_000, tiers: 'memory+redis' },
  })
  const load = async (ids: readonly string[]) => {
    await sleep(UPSTREAM_MS)
    return new Map(ids.map((id) => [id, { id, version: 1, group: 'a' }]))
  }
  let phase: 'before' | 'during' = 'before'
  const took = { before: [] as number[], during: [] as number[] }
  const running = new Set<Promise<void>>()
  let requests = 0
  let errors = 0
  const one = async (times: number[]) => {
    const begun = performance.now()
    requests++
    await things.getMany([`${requests % IDS}`], load).catch(() => errors++)
    times.push(performance.now() - begun)
  }
  const begun = performance.now()
  let due = 0
  const ticking = setInterval(() => {
    for (; due < ((performance.now() - begun) / 1_000) * rps; due++) {
      const request = one(took[phase])
      running.add(request)
      void request.finally(() => running.delete(request))
    }
  }, 2)
  let lastHit = 0
  const onHit = () => {
    lastHit = performance.now()
  }
  cacheChannels['shared-hit'].subscribe(onHit)
  try {
    // Every id is in Redis before it counts.
    await sleep((IDS / rps) * 1_000 + 200)
    took.before.length = 0
    await sleep(beforeMs)
    phase = 'during'
    await fault.happen()
    await sleep(fault.lastsMs ?? faultMs)
    await fault.end()
    const ended = performance.now()
    await until(() => lastHit > ended, 10_000)
    const backAfterMs = lastHit - ended
    await sleep(1_000)
    clearInterval(ticking)
    await Promise.all(running)
    return { requests, errors, p99: { before: p99(took.before), during: p99(took.during) }, backAfterMs }
  } finally {
    clearInterval(ticking)
    cacheChannels['shared-hit'].unsubscribe(onHit)
    cache.close()
    redis.close()
  }
}

const p99 = (times: readonly number[]) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0

export const killed = (server: RedisServer): Fault => ({
  name: 'killed, started again later',
  happen: () => server.crash(),
  end: () => server.start(),
})

export const stopped = (server: RedisServer): Fault => ({
  name: 'stopped (SIGSTOP), continued later',
  happen: () => server.freeze(),
  end: () => server.thaw(),
})

export const restarted = (server: RedisServer): Fault => ({
  name: 'restarted at once',
  lastsMs: 0,
  happen: () => server.crash(),
  end: () => server.start(),
})

/** Ends when its replica has taken over, as every node that is left says. */
export const masterLost = ({ masters, replicas }: TestCluster, how: 'crash' | 'freeze'): Fault => ({
  name: `a master of the cluster ${how === 'crash' ? 'killed' : 'stopped (SIGSTOP)'}, its replica takes over`,
  happen: () => masters[0]?.[how](),
  end: () =>
    until(async () => {
      const left = [...masters.slice(1), ...replicas]
      const nodes = await Promise.all(left.map((node) => node.ask('CLUSTER', 'NODES')))
      const infos = await Promise.all(left.map((node) => node.ask('CLUSTER', 'INFO')))
      const moved = nodes.every((text) => `${text}`.match(/master - .* connected [\d-]+/g)?.length === 3)
      return moved && infos.every((info) => `${info}`.includes('cluster_state:ok'))
    }, 20_000),
})
