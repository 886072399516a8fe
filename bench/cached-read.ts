import { z } from 'zod'
import { createCache } from '../shared-runtime/src/cache/index.ts'

// What one read of a cached product costs. ROUNDS sets how many reads.
//   node bench/cached-read.ts

const ROUNDS = Number(process.env.ROUNDS ?? 300_000)
const IDS = 1_000
const PROMISE_US = 2

const Product = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  specifications: z.array(z.object({ name: z.string(), value: z.string() })),
})
type Product = z.infer<typeof Product>

/** About 8 KB of JSON, as the catalog answers. */
const product = (id: string): Product => ({
  id,
  name: `Product ${id}`,
  description: 'A lamp. '.repeat(600),
  specifications: Array.from({ length: 60 }, (_, i) => ({ name: `property ${i}`, value: `value ${i}` })),
})

const ids = Array.from({ length: IDS }, (_, i) => `prod_${i}`)
const products = createCache({ name: 'bench' }).define({
  namespace: 'catalog:product',
  schema: Product,
  policy: { ttlMs: 300_000, graceMs: 3_600_000, negativeTtlMs: 10_000, tiers: 'memory+redis' },
})
const load = async (missing: readonly string[]) => new Map(missing.map((id) => [id, product(id)]))
const loadOne = async () => undefined
await products.getMany(ids, load)
const texts = new Map(ids.map((id) => [id, JSON.stringify(product(id))]))

/** Microseconds per read: the best of five rounds, so that what else runs on the machine counts least. */
async function measure(read: (id: string) => unknown, perCall = 1, rounds = ROUNDS): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round++) {
    const begun = performance.now()
    for (let i = 0; i < rounds; i++) await read(ids[i % IDS] as string)
    best = Math.min(best, ((performance.now() - begun) * 1_000) / rounds / perCall)
  }
  return best
}

const twenty = ids.slice(0, 20)
const one = await measure((id) => products.get(id, loadOne))
const batchOfOne = await measure((id) => products.getMany([id], load))
const batch = await measure(() => products.getMany(twenty, load), twenty.length, ROUNDS / 20)
const parsed = await measure((id) => JSON.parse(texts.get(id) ?? ''), 1, ROUNDS / 20)

console.log('| read of a cached product of 8 KB | µs |')
console.log('|---|---|')
console.log(`| cache.get | ${one.toFixed(2)} |`)
console.log(`| cache.getMany of one | ${batchOfOne.toFixed(2)} |`)
console.log(`| cache.getMany of twenty, each | ${batch.toFixed(2)} |`)
console.log(`| for comparison: Map.get and JSON.parse | ${parsed.toFixed(2)} |`)
const holds = Math.max(one, batchOfOne, batch) <= PROMISE_US
console.log(`\npromise: ${PROMISE_US} µs at most; ${holds ? 'holds' : 'BROKEN'}`)
process.exitCode = holds ? 0 : 1
