import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { appOver } from '@harbor/rest-mobile-bff/test/mobile'
import { policyOf } from '@harbor/shared-edge/limits/policy'
import { createRateLimiter } from '@harbor/shared-edge/limits/rate-limiter'
import { rateLimiting } from '@harbor/shared-edge/limits/rate-limiting'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { z } from 'zod'
import { createClients } from '../shared-clients/src/clients.ts'
import { addressesOf, upstreamSettings } from '../shared-clients/src/services.ts'
import { parseConfig } from '../shared-runtime/src/config/config.ts'
import { httpPart } from '../shared-runtime/src/http/http-server.ts'
import { connectRedis } from '../shared-runtime/src/redis/connect.ts'
import { count, median, report } from './figures.ts'
import { load } from './load.ts'

// What rate limits cost: requests a second of a public route that asks no upstream, with and without them.
// ROUNDS and PHASE_MS set how long. By hand: pnpm bench rate-limit

const ROUNDS = count('ROUNDS', 7)
const PHASE_MS = count('PHASE_MS', 2_000)
const CONNECTIONS = 16
const PATH = '/docs/start.js'

type Limits = 'none' | 'memory' | 'redis'

async function startServer(limits: Limits, env: Record<string, string>) {
  const child = fork(fileURLToPath(import.meta.url), [], { env: { ...process.env, ...env, LIMITS: limits } })
  const next = () => new Promise<string>((resolve) => child.once('message', (text) => resolve(String(text))))
  const address = await next()
  return {
    address,
    /** CPU used so far, in microseconds. */
    async cpu() {
      const used = next()
      child.send('cpu?')
      return Number(await used)
    },
    stop: () => void child.kill(),
  }
}

if (process.send !== undefined && process.env.LIMITS !== undefined) {
  const { LIMITS, REDIS = '' } = process.env
  const name = 'bench'
  // Never asked.
  const addresses = addressesOf(parseConfig(z.object(upstreamSettings), {}))
  const clients = createClients({ addresses, clientId: 'mobile-bff', clientSecret: 'secret' })
  const redis = LIMITS === 'redis' ? connectRedis(addressOf(REDIS)) : undefined
  await redis?.ready(2_000)
  const policies = [policyOf('100000000/60', { name: 'address', per: 'address' })]
  const limits =
    LIMITS === 'none'
      ? []
      : rateLimiting(createRateLimiter({ name, policies, redis, secret: 'secret' }), undefined)
  const verify = () => Promise.reject(new Error('public only'))
  const { app } = appOver({ clients, verify, limits })
  const part = httpPart({ name: 'http', fetch: app.fetch, host: '127.0.0.1', port: 0, portSetting: 'PORT' })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
  process.once('disconnect', () => process.exit())
  process.send(await part.start())
} else {
  const redis = hasRedis() ? await RedisServer.start() : undefined
  const env = { REDIS: redis?.url ?? '' }
  const kinds: Limits[] = redis ? ['none', 'memory', 'redis'] : ['none', 'memory']
  const servers = await Promise.all(kinds.map(async (kind) => ({ kind, ...(await startServer(kind, env)) })))
  for (const { address } of servers) await load(address, PATH, CONNECTIONS, PHASE_MS)
  const seen = new Map(kinds.map((kind) => [kind, { rps: [] as number[], us: [] as number[] }]))
  for (let round = 0; round < ROUNDS; round++)
    for (const { kind, address, cpu } of servers) {
      const before = await cpu()
      const { rps } = await load(address, PATH, CONNECTIONS, PHASE_MS)
      seen.get(kind)?.rps.push(rps)
      seen.get(kind)?.us.push(((await cpu()) - before) / (rps * (PHASE_MS / 1_000)))
    }
  const of = (kind: Limits) => {
    const { rps = [], us = [] } = seen.get(kind) ?? {}
    return { rps: median(rps), us: median(us) }
  }
  const none = of('none')
  const promise: Record<Limits, number> = { none: 0, memory: 40, redis: 80 }
  report(
    kinds.map((kind) => {
      const { rps, us } = of(kind)
      const more = us - none.us
      return {
        figure: `limits: ${kind}: ${rps.toFixed(0)} requests/s, ${us.toFixed(0)} µs of CPU each, ${more.toFixed(0)} µs more`,
        promise: kind === 'none' ? 'the measure' : `at most ${promise[kind]} µs more`,
        ...(kind !== 'none' && { holds: more <= promise[kind] }),
      }
    }),
  )
  for (const { stop } of servers) stop()
  redis?.kill()
}
