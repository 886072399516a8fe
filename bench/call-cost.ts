/**
 * What the call chain costs: CPU of an uncached HTTP call beside a bare `pool.request` with JSON.parse, in
 * alternating batches against a server in another process. Target: at most 25 % more.
 *
 * The zod parse of the answer is measured by itself: it grows with the answer, not with the chain.
 */
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { Pool } from 'undici'
import { z } from 'zod'
import { get } from '../shared-clients/src/call/endpoint.ts'
import { httpClient } from '../shared-clients/src/call/http.ts'
import { Product } from '../shared-clients/src/services/catalog.ts'
import { count, type Finding, median, percent, report } from './figures.ts'
import { PRODUCT } from './sample-product.ts'
import { startServer } from './server-process.ts'

const ROUNDS = count('ROUNDS', 40)
const CALLS = count('CALLS', 1_000)
/** Concurrent calls, as in the fan-outs of a few requests. */
const SIDE_BY_SIDE = 20

const ANSWERS = [
  { name: 'an answer of 8 KB', body: PRODUCT, schema: Product },
  {
    name: 'an answer of 30 bytes',
    body: { sku: 'SKU-000001', inStock: true },
    schema: z.object({ sku: z.string(), inStock: z.boolean() }),
  },
]

type Way = (id: string) => Promise<unknown>

/** CPU of one call in microseconds. */
async function cost(way: Way): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < CALLS; i += SIDE_BY_SIDE) {
    const calls: Promise<unknown>[] = []
    // A different id each: identical calls would be coalesced.
    for (let n = 0; n < SIDE_BY_SIDE; n++) calls.push(way(`p${n}`))
    await Promise.all(calls)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLS
}

async function compare({ name, body, schema }: (typeof ANSWERS)[number]): Promise<Finding[]> {
  const server = await startServer(JSON.stringify(body))
  const pool = new Pool(server.address, { connections: 64 })
  const client = httpClient('catalog', { timeoutMs: 5_000 }, (call) => call).open(
    server.address,
    async () => 'a-token',
  )
  const plain = get('/products/{id}', z.unknown())
  const parsed = get<unknown>('/products/{id}', schema)
  let context = createRequestContext({ budgetMs: 60_000 })
  const bare = async (id: string): Promise<unknown> => {
    const answer = await pool.request({ method: 'GET', path: `/products/${id}` })
    return JSON.parse(await answer.body.text())
  }
  const ways: Record<string, Way> = {
    bare,
    chain: (id) => client.bind(context)(plain, { path: { id } }),
    'bare, zod': async (id) => schema.parse(await bare(id)),
    'chain, zod': (id) => client.bind(context)(parsed, { path: { id } }),
  }
  for (const way of Object.values(ways)) await cost(way)
  const costs = new Map<string, number[]>()
  for (let round = 0; round < ROUNDS; round++) {
    context = createRequestContext({ budgetMs: 60_000 })
    for (const [way, call] of Object.entries(ways))
      costs.set(way, [...(costs.get(way) ?? []), await cost(call)])
    context.end()
  }
  await client.close()
  await pool.close()
  server.stop()

  const of = (way: string) => costs.get(way) ?? []
  const added = (way: string, to: string) =>
    median(of(way).map((us, round) => us / (of(to)[round] ?? Number.NaN))) - 1
  console.log(
    `${name}: ${[...costs].map(([way, us]) => `${way} ${median(us).toFixed(1)} µs`).join(' · ')} CPU a call`,
  )
  return [
    {
      figure: `${name}: the chain adds ${percent(added('chain', 'bare'))} CPU to a bare call`,
      promise: 'at most 25 %',
      holds: added('chain', 'bare') <= 0.25,
    },
    {
      figure: `${name}: with the zod parse on both sides ${percent(added('chain, zod', 'bare, zod'))}`,
      promise: 'at most 25 %',
      holds: added('chain, zod', 'bare, zod') <= 0.25,
    },
    {
      figure: `${name}: with the zod parse on the chain's side alone ${percent(added('chain, zod', 'bare'))}`,
      promise: 'nothing: the parse belongs to the answer',
    },
  ]
}

const findings: Finding[] = []
for (const answer of ANSWERS) findings.push(...(await compare(answer)))
report(findings)
