import { type MockServices, startMockServices } from '@harbor/mock-services'
import { type ClientSet, createClients } from '@harbor/shared-clients'
import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { executed } from '../../../test/execute.ts'

let mocks: MockServices
let clients: ClientSet
let token = ''
beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  clients = createClients({
    addresses: mocks.services,
    clientId: 'web-bff',
    clientSecret: 'web-bff-secret',
    leastTimeoutMs: 10_000,
  })
  token = (await mocks.demo()).staffAccessToken
})
afterAll(async () => {
  await clients.close()
  await mocks.close()
})

const Pages = z.object({
  administration: z.object({
    table: z.object({
      edges: z.array(z.object({ node: z.record(z.string(), z.string()) })),
      pageInfo: z.object({ endCursor: z.string().nullable() }),
    }),
  }),
})

type Walk = { table: string; key: string; by: string; descending: boolean; filter?: string }

async function pageOf(walk: Walk, first: number, after: string | null) {
  const { table, key, by, descending, filter = '' } = walk
  const { data, errors } = await executed(
    `query Q($first: Int!, $after: String) { administration { table: ${table}(
      first: $first, after: $after, sort: { by: ${by}, descending: ${descending} } ${filter}
    ) { edges { node { key: ${key} } } pageInfo { endCursor } } } }`,
    { roles: ['staff'], variables: { first, after }, over: { clients, token } },
  )
  expect(errors).toEqual([])
  const { edges, pageInfo } = Pages.parse(data).administration.table
  return { keys: edges.map(({ node }) => node.key ?? ''), next: pageInfo.endCursor }
}

/** Every key of a table, page by page; `between` runs after each page but the last. */
async function walked(walk: Walk, first: number, between: () => Promise<void> = async () => {}) {
  const keys: string[] = []
  let after: string | null = null
  do {
    if (after !== null) await between()
    const page: Awaited<ReturnType<typeof pageOf>> = await pageOf(walk, first, after)
    keys.push(...page.keys)
    after = page.next
  } while (after !== null)
  return keys
}

const control = async (path: string, method: string, body?: object) => {
  const answer = await fetch(`${mocks.controlUrl}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  })
  return answer.ok
}

type Change = { kind: 'insert' } | { kind: 'remove'; at: number }

const changes = fc.infiniteStream(
  fc.oneof(
    fc.constant<Change>({ kind: 'insert' }),
    fc.nat(10_000).map((at): Change => ({ kind: 'remove', at })),
  ),
)

/** Walks once while rows come and go, and holds what was seen against what stayed. */
async function holds(
  walk: Walk,
  first: number,
  change: (key: string | undefined) => Promise<void>,
  coming: Iterator<Change>,
) {
  const before = await walked(walk, 100)
  const stayed = new Set(before)
  expect(stayed.size).toBe(before.length)
  const seen = await walked(walk, first, async () => {
    const { value } = coming.next()
    if (value?.kind !== 'remove') return change(undefined)
    const gone = [...stayed][value.at % stayed.size]
    if (gone === undefined) return
    stayed.delete(gone)
    await change(gone)
  })
  expect(seen.length).toBe(new Set(seen).size)
  for (const key of stayed) expect(seen).toContain(key)
}

/** New products go to the categories in turn: as many as there are categories bring one to each. */
const CATEGORIES = 20
const IN_ONE = 'filter: { category: "cat-01" }'

const inCategory = { table: 'products', key: 'id', filter: IN_ONE }
const prices = { table: 'prices', key: 'sku' }
const ASSORTMENT = [
  { walk: { ...inCategory, by: 'NUMBER', descending: true }, sizes: { min: 4, max: 20 }, added: CATEGORIES },
  { walk: { ...inCategory, by: 'NAME', descending: false }, sizes: { min: 4, max: 20 }, added: CATEGORIES },
  { walk: { ...inCategory, by: 'BRAND', descending: true }, sizes: { min: 4, max: 20 }, added: CATEGORIES },
  { walk: { ...prices, by: 'SALE', descending: false }, sizes: { min: 80, max: 100 }, added: 1 },
  { walk: { ...prices, by: 'DISCOUNT', descending: true }, sizes: { min: 80, max: 100 }, added: 1 },
]

test.for(ASSORTMENT)(
  'property: walking $walk.table by $walk.by while products are added and removed never repeats or loses one that stayed',
  async ({ walk, sizes, added }) => {
    const change = async (gone: string | undefined) => {
      if (gone === undefined) for (let n = 0; n < added; n++) await control('/products', 'POST')
      else expect(await control(`/products/${gone.replace('HB-', 'p')}`, 'DELETE')).toBe(true)
    }
    await fc.assert(
      fc.asyncProperty(fc.integer(sizes), changes, (first, coming) => holds(walk, first, change, coming)),
      { numRuns: scaled(walk.table === 'prices' ? 1 : 3, 30) },
    )
  },
)

test('property: walking the orders of one status while orders get and lose it never repeats or loses one that stayed', async () => {
  const walk = { table: 'orders', key: 'id', by: 'PLACED_AT', filter: 'filter: { status: PREPARING }' }
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.integer({ min: 2, max: 12 }),
      changes,
      fc.infiniteStream(fc.integer({ min: 100_001, max: 105_000 })),
      async (descending, first, coming, numbers) =>
        holds(
          { ...walk, descending },
          first,
          async (gone) => {
            const id = gone ?? `o${numbers.next().value}`
            const status = gone === undefined ? 'PICKING' : 'SHIPPED'
            expect(await control(`/orders/${id}`, 'PUT', { status })).toBe(true)
          },
          coming,
        ),
    ),
    { numRuns: scaled(12, 100) },
  )
})
