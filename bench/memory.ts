/**
 * What a process of the mobile BFF holds in memory: for an idle connection, and after many requests for many
 * products in every coding. Side by side: Node as it comes, and the settings that its allocator and its young
 * generation offer.
 *
 * Target: an idle connection costs at most 40 KB; with the settings of the image the process holds at most 3.5
 * times its heap and buffers after the load. jemalloc is looked for where Debian installs libjemalloc2.
 * CONNECTIONS, REQUESTS: how much. By hand: pnpm bench memory
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startMockServices } from '@harbor/mock-services'
import { appOver } from '@harbor/rest-mobile-bff/test/mobile'
import { createCache } from '@harbor/shared-runtime/cache'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { Pool } from 'undici'
import { createClients } from '../shared-clients/src/clients.ts'
import { count, report } from './figures.ts'

const CONNECTIONS = count('CONNECTIONS', 4_000)
const REQUESTS = count('REQUESTS', 15_000)
const SIDE_BY_SIDE = 32
const PRODUCTS = 2_000
const CODINGS = ['br', 'gzip', 'zstd', 'identity']
const MB = 1_048_576

/** The settings of the image; the start scripts set the semi-space only. */
const CHOSEN = 'jemalloc, semi-space 16 MB'
const SEMI_SPACE = '--max-semi-space-size=16'
const JEMALLOC = '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2'

const VARIANTS: readonly { name: string; env?: Record<string, string>; flags?: string[] }[] = [
  { name: 'Node as it comes' },
  { name: 'MALLOC_ARENA_MAX=2', env: { MALLOC_ARENA_MAX: '2' } },
  { name: 'semi-space 16 MB', flags: [SEMI_SPACE] },
  ...(existsSync(JEMALLOC) ? [{ name: CHOSEN, env: { LD_PRELOAD: JEMALLOC }, flags: [SEMI_SPACE] }] : []),
]

if (process.send) {
  const cache = createCache({ name: 'bench' })
  const clients = createClients({
    addresses: JSON.parse(process.argv[2] ?? ''),
    clientId: 'mobile-bff',
    clientSecret: 'mobile-bff-secret',
    cache,
  })
  const { app } = appOver({ clients, cache, verify: () => Promise.reject(new Error('public screens only')) })
  const part = httpPart({ name: 'http', fetch: app.fetch, host: '127.0.0.1', port: 0, portSetting: 'PORT' })
  process.send(await part.start())
  process.on('message', () => {
    // Garbage is excluded: only memory after a collection is reported.
    globalThis.gc?.()
    process.send?.(process.memoryUsage())
  })
} else {
  const mocks = await startMockServices({ defaultFaults: false })
  const rows: { name: string; perConnectionKb: number; usage: NodeJS.MemoryUsage; peakMb: number }[] = []
  for (const { name, env, flags } of VARIANTS) {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(mocks.services)], {
      env: { ...process.env, ...env },
      execArgv: ['--expose-gc', ...(flags ?? [])],
    })
    const [address] = await once(child, 'message')
    const usage = async (): Promise<NodeJS.MemoryUsage> => {
      child.send('memory')
      const [answer] = await once(child, 'message')
      return answer
    }
    const pool = new Pool(address, { connections: SIDE_BY_SIDE })
    await load(pool, 500)
    await usage()
    const before = await usage()
    const idle = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => connected(new URL(address).port)),
    )
    const perConnectionKb = ((await usage()).rss - before.rss) / CONNECTIONS / 1_024
    for (const socket of idle) socket.destroy()
    await pause(1_000)
    let peak = 0
    for (let round = 0; round < 5; round++) {
      await load(pool, REQUESTS / 5)
      peak = Math.max(peak, (await usage()).rss)
    }
    await pause(2_000)
    rows.push({ name, perConnectionKb, usage: await usage(), peakMb: peak / MB })
    await pool.close()
    child.kill()
  }
  await mocks.close()
  report(
    rows.flatMap(({ name, perConnectionKb, usage, peakMb }) => {
      const used = usage.heapUsed + usage.external
      const times = usage.rss / used
      const chosen = name === CHOSEN
      return [
        {
          figure: `${name}: ${perConnectionKb.toFixed(1)} KB an idle connection`,
          promise: 'at most 40 KB',
          holds: perConnectionKb <= 40,
        },
        {
          figure: `${name}: ${(usage.rss / MB).toFixed(0)} MB resident (at most ${peakMb.toFixed(0)}) for ${(used / MB).toFixed(0)} MB of heap and buffers after ${REQUESTS} requests, ${times.toFixed(1)} times`,
          promise: chosen ? 'at most 3.5 times' : 'nothing',
          ...(chosen && { holds: times <= 3.5 }),
        },
      ]
    }),
  )
}

/** A connection that has sent one request, as every keep-alive connection has. */
async function connected(port: string): Promise<net.Socket> {
  const socket = net.connect(Number(port), '127.0.0.1')
  socket.write('GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(socket, 'data')
  return socket
}

async function load(pool: Pool, requests: number): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < requests) {
      const n = next++
      const { body } = await pool.request({
        method: 'GET',
        path: `/v1/products/p${1000 + ((n * 7) % PRODUCTS)}`,
        headers: { 'accept-encoding': CODINGS[n % CODINGS.length] ?? '' },
      })
      await body.dump()
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane))
}
