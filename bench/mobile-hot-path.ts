/**
 * What a public screen costs that was asked for before: requests a second and CPU of the process that answers, with
 * the cache of finished answers and without it. Beside it hono/etag and hono/compress before a handler that has its
 * view in memory: it asks no upstream at all.
 *
 * Target: a hot 200 and a hot 304 take at most 75 % of the CPU that they take there. Without kept answers the domain
 * data is in memory as well, so what is shown is the gain on a good day: fan-out, view, JSON and compression.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startMockServices } from '@harbor/mock-services'
import { appOver } from '@harbor/rest-mobile-bff/test/mobile'
import { createCache } from '@harbor/shared-runtime/cache'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { Pool } from 'undici'
import { createClients } from '../shared-clients/src/clients.ts'
import type { Addresses } from '../shared-clients/src/services.ts'
import { count, median, percent, report } from './figures.ts'

const ROUNDS = count('ROUNDS', 5)
const REQUESTS = count('REQUESTS', 2_000)
const SIDE_BY_SIDE = 8

const SERVERS = ['kept answers', 'no kept answers', 'hono/etag + hono/compress'] as const
const PATHS = ['/v1/products/p1001', '/v1/products']
const KEYS = PATHS.flatMap((path) => [`200 ${path}`, `304 ${path}`])
type ServerName = (typeof SERVERS)[number]

/** The app of a child process; all upstream data may come out of the cache of domain data in each of them. */
function appOf(name: ServerName, addresses: Addresses) {
  const cache = createCache({ name: 'bench' })
  const clients = createClients({
    addresses,
    clientId: 'mobile-bff',
    clientSecret: 'mobile-bff-secret',
    cache,
  })
  const verify = () => Promise.reject(new Error('public screens only'))
  if (name !== 'hono/etag + hono/compress')
    return appOver({ clients, verify, ...(name === 'kept answers' && { cache }) }).app
  const { app: screens } = appOver({ clients, verify })
  const views = new Map<string, object>()
  const app = new Hono().use(etag(), compress())
  return app.get('*', async (c) => {
    const path = c.req.path
    let view = views.get(path)
    if (!view) views.set(path, (view = (await (await screens.request(path)).json()) as object))
    return c.json(view)
  })
}

if (process.send) {
  const name = SERVERS[Number(process.argv[2])] ?? 'kept answers'
  const app = appOf(name, JSON.parse(process.argv[3] ?? ''))
  const part = httpPart({ name: 'http', fetch: app.fetch, host: '127.0.0.1', port: 0, portSetting: 'PORT' })
  process.send(await part.start())
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.once('disconnect', () => process.exit())
} else {
  await bench()
}

async function bench(): Promise<void> {
  const mocks = await startMockServices({ defaultFaults: false })
  const figures = new Map<string, { perSecond: number[]; cpuUs: number[] }>()
  for (const path of PATHS) {
    const servers = await Promise.all(SERVERS.map((name) => openServer(name, path, mocks.services)))
    for (let round = 0; round < ROUNDS; round++)
      for (const { name, load } of servers)
        for (const status of [200, 304]) {
          const measured = await load(status)
          const key = `${status} ${path} · ${name}`
          const all = figures.get(key) ?? { perSecond: [], cpuUs: [] }
          // The first round pays for compilation.
          if (round > 0) {
            all.perSecond.push(measured.perSecond)
            all.cpuUs.push(measured.cpuUs)
          }
          figures.set(key, all)
        }
    for (const { stop } of servers) await stop()
  }
  await mocks.close()

  console.log('| answer | requests/s | µs of CPU each |')
  console.log('|---|---|---|')
  for (const [key, { perSecond, cpuUs }] of [...figures].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`| ${key} | ${median(perSecond).toFixed(0)} | ${median(cpuUs).toFixed(0)} |`)
  const cpuOf = (key: string) => median(figures.get(key)?.cpuUs ?? [])
  const shareOf = (key: string, other: ServerName) =>
    cpuOf(`${key} · kept answers`) / cpuOf(`${key} · ${other}`)
  report(
    KEYS.flatMap((key) => {
      const [peer, without] = [shareOf(key, SERVERS[2]), shareOf(key, SERVERS[1])]
      return [
        {
          figure: `a hot ${key} takes ${percent(peer)} of the CPU of ${SERVERS[2]}`,
          promise: 'at most 75 %',
          holds: peer <= 0.75,
        },
        {
          figure: `and ${percent(without)} of its CPU without kept answers`,
          promise: 'nothing: it depends on the screen',
        },
      ]
    }),
  )
}

async function openServer(name: ServerName, path: string, addresses: Addresses) {
  const child = fork(fileURLToPath(import.meta.url), [
    String(SERVERS.indexOf(name)),
    JSON.stringify(addresses),
  ])
  const next = <T>() => new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T)))
  const pool = new Pool(await next<string>(), { connections: SIDE_BY_SIDE })
  const ask = async (headers: Record<string, string> = {}) => {
    const answer = await pool.request({
      method: 'GET',
      path,
      headers: { 'accept-encoding': 'br, gzip', ...headers },
    })
    await answer.body.dump()
    return answer
  }
  const cpu = async () => {
    const usage = next<NodeJS.CpuUsage>()
    child.send('cpu?')
    const { user, system } = await usage
    return user + system
  }
  // Until it is whole: a source may be late while everything is compiled.
  let tag = ''
  for (let i = 0; i < 50; i++) tag = String((await ask()).headers.etag)

  return {
    name,
    /** Asks `REQUESTS` times for answers with this status. */
    async load(status: number) {
      const headers: Record<string, string> = status === 304 ? { 'if-none-match': tag } : {}
      const before = await cpu()
      const begun = performance.now()
      let left = REQUESTS
      let others = 0
      const lane = async () => {
        while (left-- > 0) {
          if ((await ask(headers)).statusCode !== status) others++
        }
      }
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane))
      const ms = performance.now() - begun
      // On a busy machine a source may be late now and then; more of that would be another measurement.
      if (others > REQUESTS / 20)
        throw new Error(`${name}: ${others} of ${REQUESTS} answers are no ${status}`)
      return { perSecond: (REQUESTS / ms) * 1_000, cpuUs: ((await cpu()) - before) / REQUESTS }
    },
    async stop() {
      await pool.close()
      child.kill()
    },
  }
}
