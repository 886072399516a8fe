/**
 * What a request costs beside other servers that give the same answer: home (five upstream calls, a token) and a kept
 * product page (200 and 304). Servers, domain services and the load are processes of their own; rounds alternate; the
 * figure is the CPU of the server's process, because a busy machine stretches time but adds little CPU.
 *
 * Harbor runs with everything on, in the settings of production; the peers guard nothing (peers/duties.ts). Targets
 * are ratios in the same run: home at most 1.3 × the floor, Hono + zod, and 0.65 × Express + fetch; a kept answer at
 * most 1.5 × the floor, and below bare Hono. nginx and Varnish are reported where they are installed.
 * ROUNDS, REQUESTS: how much. By hand: pnpm bench mobile-peers
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startMockServices } from '@harbor/mock-services'
import { request } from 'undici'
import { count, type Finding, report } from './figures.ts'
import { frontCaches } from './front-caches.ts'
import { type RunningServer, runServer } from './running-server.ts'
import { type Figures, printTable, sideBySide } from './side-by-side.ts'

const ROUNDS = count('ROUNDS', 7)
const REQUESTS = count('REQUESTS', 1_000)
const KEPT_REQUESTS = REQUESTS * 8
/** So many that no two requests of one user are under way: Harbor would make one call for both. */
const USERS = Array.from({ length: 64 }, (_, i) => `c${1001 + i}`)

async function bench(): Promise<void> {
  const mocks = fork(fileURLToPath(import.meta.url))
  const [{ services, productId, tokens }] = await once(mocks, 'message')
  const harbor = await startHarbor(services)
  const path = `/v1/products/${productId}`
  const kept = await keptAnswer(harbor.address + path)
  const env = { ADDRESSES: JSON.stringify(services), KEPT: JSON.stringify({ path, ...kept }) }
  const peer = (name: string, file: string) =>
    runServer({
      name,
      command: ['node', fileURLToPath(new URL(`peers/${file}.ts`, import.meta.url))],
      env,
    })
  const [floor, hono, honoZod, fastify, express] = await Promise.all([
    peer('node:http + undici (floor)', 'floor'),
    peer('Hono', 'hono'),
    peer('Hono + zod', 'hono-zod'),
    peer('Fastify', 'fastify'),
    peer('Express + fetch', 'express'),
  ])
  const fronts = await frontCaches(floor.address)
  const restMb = harbor.rssMb()

  const home = await sideBySide(
    [floor, hono, honoZod, fastify, express, harbor],
    {
      path: '/v1/home',
      headers: tokens.map((token: string) => ({ authorization: `Bearer ${token}` })),
      status: 200,
    },
    { rounds: ROUNDS, requests: REQUESTS, warmUp: REQUESTS * 2, connections: 16 },
  )
  printTable('home: five upstream calls, a token', home)
  const load = { rounds: ROUNDS, requests: KEPT_REQUESTS, warmUp: KEPT_REQUESTS, connections: 16 }
  const others = [floor, hono, fastify, express, ...fronts, harbor]
  const full = await sideBySide(others, { path, headers: [{}], status: 200 }, load)
  printTable('product, kept: 200', full)
  const headers = [{ 'if-none-match': kept.etag }]
  const unchanged = await sideBySide(others, { path, headers, status: 304 }, load)
  printTable('product, kept: 304', unchanged)
  console.log('')

  report([
    atMost('home', home, 'node:http + undici (floor)', 1.3),
    atMost('home', home, 'Hono + zod', 1),
    atMost('home', home, 'Express + fetch', 0.65),
    ...[full, unchanged].flatMap((figures, i) => {
      const what = `a kept ${i === 0 ? 200 : 304}`
      return [atMost(what, figures, 'node:http + undici (floor)', 1.5), atMost(what, figures, 'Hono', 1)]
    }),
    figureOf(
      `Harbor is ready ${harbor.startMs.toFixed(0)} ms after its start`,
      'at most 500 ms',
      harbor.startMs <= 500,
    ),
    figureOf(`Harbor holds ${restMb.toFixed(0)} MB at rest`, 'at most 150 MB', restMb <= 150),
    figureOf(
      `Harbor holds ${harbor.rssMb().toFixed(0)} MB after the load`,
      'at most 256 MB',
      harbor.rssMb() <= 256,
    ),
  ])
  await Promise.all(
    [floor, hono, honoZod, fastify, express, ...fronts, harbor].map((server) => server.stop()),
  )
  mocks.kill()
}

const startHarbor = (services: Readonly<Record<string, string>>): Promise<RunningServer> =>
  runServer({
    name: 'Harbor',
    command: ['node', '--max-semi-space-size=16', 'src/server.ts'],
    cwd: fileURLToPath(new URL('../rest-mobile-bff', import.meta.url)),
    env: {
      PORT: '0',
      MANAGEMENT_PORT: '0',
      ...Object.fromEntries(
        Object.entries(services).map(([service, address]) => [`${service.toUpperCase()}_URL`, address]),
      ),
      // All requests come from one address and one user.
      RATE_LIMIT_ADDRESS: '100000000/60',
      RATE_LIMIT_USER: '100000000/60',
      RATE_LIMIT_CLIENT: '100000000/60',
    },
  })

/** The answer that every peer keeps, too: whole, and out of Harbor's own cache. */
async function keptAnswer(url: string) {
  for (let time = 0; time < 50; time++) {
    const { headers, body } = await request(url)
    const text = await body.text()
    if (headers['x-degraded'] === undefined && String(headers['cache-status']).includes('hit'))
      return { body: text, etag: String(headers.etag), cacheControl: String(headers['cache-control']) }
  }
  throw new Error(`${url}: no whole answer was kept`)
}

function atMost(what: string, figures: readonly Figures[], other: string, most: number): Finding {
  const cpuOf = (name: string) => figures.find((one) => one.name === name)?.cpuUs ?? Number.NaN
  const ratio = cpuOf('Harbor') / cpuOf(other)
  return figureOf(
    `${what} takes ${ratio.toFixed(2)} × the CPU of ${other}`,
    `at most ${most} ×`,
    ratio <= most,
  )
}

const figureOf = (figure: string, promise: string, holds: boolean): Finding => ({ figure, promise, holds })

if (process.send) {
  const mocks = await startMockServices({ defaultFaults: false })
  const tokens = await Promise.all(USERS.map((user) => mocks.tokensOf(user)))
  process.send({
    services: mocks.services,
    productId: (await mocks.demo()).productId,
    tokens: tokens.map((token) => token?.mobileAccessToken),
  })
  process.once('disconnect', () => process.exit())
} else await bench()
