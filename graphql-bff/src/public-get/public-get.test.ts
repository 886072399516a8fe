import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { createCache } from '@harbor/shared-runtime/cache'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { expect, test } from 'vitest'
import { fakeUpstreams } from '../../test/fake-upstreams.ts'
import { OPERATIONS } from '../../test/operations.ts'
import { HASHES, testApp } from '../../test/test-app.ts'
import { createUsage } from '../persisted/usage.ts'

const url = (name: string, variables: object | string | undefined, more = '&locale=en&format=json') => {
  const text = typeof variables === 'object' ? JSON.stringify(variables) : variables
  const query = new URLSearchParams({
    documentId: `sha256:${HASHES[name]}`,
    ...(text && { variables: text }),
  })
  return `/graphql/public?${query}${more}`
}
const PAGE = url('ProductPage', { id: 'p1001' })

function open({
  failing,
  ...options
}: Parameters<typeof fakeUpstreams>[0] & { usage?: ReturnType<typeof createUsage> } = {}) {
  const { usage, ...rest } = options
  const cache = createCache({ name: 'test' })
  const upstreams = fakeUpstreams({ ...rest, failing: failing ?? {} })
  const announced: [string, readonly string[]][] = []
  const cdn = {
    announce(target: string, tags: readonly string[]) {
      announced.push([target, tags])
      return {}
    },
    invalidate: async () => {},
    part: { name: 'cdn', start: async () => undefined, stop: async () => {} },
  }
  const app = testApp({ upstreams, cache, cdn, ...(usage && { usage }) })
  const get = async (target: string, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await app.app.request(target, { method, headers })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return { ...app, cache, get, announced }
}

test('a public query is kept: the second request is a hit, and a 304 to who has it, without any upstream call', async () => {
  const { get, calls } = open()
  const first = await get(PAGE)
  expect(first.status).toBe(200)
  expect(JSON.parse(first.text).data.product).toMatchObject({
    name: 'Product p1001',
    price: { amount: 1001 },
  })
  expect(first.headers.get('cache-control')).toBe(
    'public, max-age=5, s-maxage=300, stale-while-revalidate=30, stale-if-error=86400',
  )
  expect(first.headers.get('content-type')).toBe('application/json')
  const made = { ...calls }
  const second = await get(PAGE)
  expect([second.text, second.headers.get('cache-status')]).toEqual([first.text, 'harbor; hit; ttl=5'])
  const etag = first.headers.get('etag') ?? ''
  expect(etag).toMatch(/^"[\w-]{22}"$/)
  const again = await get(PAGE, { 'if-none-match': `"other", W/${etag}` })
  expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag])
  for (const name of ['cache-control', 'vary']) expect(again.headers.get(name)).toBe(first.headers.get(name))
  const head = await get(PAGE, {}, 'HEAD')
  expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', etag])
  expect((await get(PAGE, { 'if-match': '"other"' })).status).toBe(412)
  expect(calls).toEqual(made)
})

test('each coding is the same answer, under a tag of its own', async () => {
  const { app } = open()
  const tags = new Set<string | null>()
  const plain = await (await app.request(PAGE)).text()
  for (const [coding, decode] of [
    ['br', brotliDecompressSync],
    ['zstd', zstdDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const answer = await app.request(PAGE, { headers: { 'accept-encoding': coding } })
    expect(answer.headers.get('content-encoding')).toBe(coding)
    expect(answer.headers.get('vary')).toBe('Accept-Encoding')
    expect(decode(Buffer.from(await answer.arrayBuffer())).toString()).toBe(plain)
    tags.add(answer.headers.get('etag'))
  }
  expect(tags.size).toBe(3)
})

test('an event about what an answer shows purges it, another does not', async () => {
  const { get, cache, announced } = open()
  await get(PAGE)
  await cache.invalidate(['pricing:price:HB-9999'])
  expect((await get(PAGE)).headers.get('cache-status')).toContain('hit')
  for (const tag of [
    'pricing:price:HB-1001',
    'inventory:stock:HB-1001',
    'catalog:product:p1001',
    'pricing:price:HB-2000',
  ]) {
    await cache.invalidate([tag])
    expect((await get(PAGE)).headers.get('cache-status'), tag).toContain('fwd=miss')
  }
  const page = url('Catalogue', { first: 2 })
  await get(page)
  await cache.invalidate(['catalog:list'])
  expect((await get(page)).headers.get('cache-status')).toContain('fwd=miss')
  expect(new Set(announced.map(([target]) => target))).toEqual(new Set([PAGE, page]))
  expect(announced[0]?.[1]).toContain('inventory:stock:HB-1001')
})

test('a degraded answer and an error are never kept, and say so', async () => {
  const { get, calls, announced } = open({
    failing: { reviews: new UpstreamError('reviews', 'unavailable', '') },
  })
  for (let n = 0; n < 2; n++) {
    const answer = await get(PAGE)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(JSON.parse(answer.text)).toMatchObject({
      data: { product: { reviews: null } },
      extensions: { degraded: ['product.reviews'] },
    })
  }
  expect(calls['catalog.byIds']).toBe(2)
  const down = open({ failing: { catalog: new UpstreamError('catalog', 'timeout', '') } })
  for (let n = 0; n < 2; n++) {
    const answer = await down.get(url('ProductList', { ids: ['p1001'] }))
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([504, 'no-store'])
    expect(JSON.parse(answer.text).errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT' } }])
  }
  expect([...announced, ...down.announced]).toEqual([])
})

test('an answer of more things than a header can name is kept here, and in no shared cache', async () => {
  const { get, announced } = open()
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `p${1_001 + n}`)
  const few = await get(url('ProductList', { ids: ids(10) }))
  expect(few.headers.get('cache-control')).toMatch(/^public/)
  const many = url('ProductList', { ids: ids(100) })
  expect((await get(many)).headers.get('cache-control')).toMatch(/^private/)
  expect((await get(many)).headers.get('cache-status')).toContain('hit')
  expect(announced).toHaveLength(1)
  for (const [, tags] of announced) expect(tags.join(' ').length).toBeLessThan(8_000)
})

test('whoever is logged in gets the answer of everybody: the session is not looked at', async () => {
  const { get, session, contexts } = open()
  const cookie = await session.cookieOf('staff+finance')
  const mine = await get(PAGE, { cookie })
  const others = await get(PAGE)
  expect([mine.text, mine.headers.get('vary')]).toEqual([others.text, others.headers.get('vary')])
  expect(contexts.map(({ viewer }) => viewer)).toEqual([undefined])
})

test.for([
  ['a query of a user', 'Dashboard', 404, 'NOT_FOUND'],
  ['a query with one field for a role', 'StaffProduct', 404, 'NOT_FOUND'],
  ['an unknown hash', 'nothing', 404, 'PERSISTED_QUERY_NOT_FOUND'],
] as const)('%s is refused before any upstream call', async ([, name, status, code]) => {
  const { get, calls } = open()
  const answer = await get(url(name, { id: 'p1001' }))
  expect([answer.status, JSON.parse(answer.text).code, answer.headers.get('cache-control')]).toEqual([
    status,
    code,
    'no-store',
  ])
  expect(calls).toEqual({})
})

test('an answer has one public URL: other spellings get it, for who asks alone', async () => {
  const { get, calls, announced } = open()
  await get(PAGE)
  const made = { ...calls }
  const spellings = [
    url('ProductPage', { id: 'p1001', reviews: 3 }),
    url('ProductPage', { recommendations: 4, id: 'p1001' }),
    url('ProductPage', '{"id": "p1001"}'),
    url('ProductPage', { id: 'p1001', other: 1 }),
    url('ProductPage', { id: 'p1001' }, '&format=json&locale=en'),
    `${PAGE}&utm_source=x`,
    PAGE.replace('sha256%3A', ''),
    PAGE.replace('sha256%3A', 'sha256:'),
  ]
  for (const target of spellings) {
    const { status, headers } = await get(target)
    expect([status, headers.get('cache-control')], target).toEqual([
      200,
      expect.stringMatching(/^private, max-age=5/),
    ])
    expect(headers.get('cache-status')).toContain('hit')
  }
  expect(calls).toEqual(made)
  expect(announced.map(([target]) => target)).toEqual([PAGE])
})

test('a language that a header asks for makes the answer private, one in the URL does not', async () => {
  const { get } = open()
  const byHeader = await get(url('ProductPage', { id: 'p1001' }, ''), { 'accept-language': 'de' })
  expect(byHeader.headers.get('cache-control')).toMatch(/^private/)
  expect(byHeader.headers.get('vary')).toBe('Accept-Language, Accept, Accept-Encoding')
  const inUrl = await get(url('ProductPage', { id: 'p1001' }, '&locale=de&format=json'), {
    'accept-language': 'ja',
  })
  expect(inUrl.headers.get('cache-control')).toMatch(/^public/)
  expect(inUrl.text).toBe(byHeader.text)
  expect(inUrl.text).toContain('10,01\u00a0€')
})

test.for([
  ['a variable of another type', url('ProductPage', { id: ['p1'] })],
  ['a variable that is missing', url('ProductPage', undefined)],
  ['an argument out of bounds', url('Catalogue', { first: 101 })],
  ['no JSON', url('ProductPage', '{')],
  ['a list', url('ProductPage', '["p1"]')],
  ['a parameter twice', `${PAGE}&variables={}`],
  ['an unknown language', url('ProductPage', { id: 'p1001' }, '&locale=tlh')],
] as const)('%s is a request that is not valid, and asks no upstream', async ([, target]) => {
  const { get, calls } = open()
  const answer = await get(target)
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([400, 'no-store'])
  expect(answer.text).toContain('INVALID_REQUEST')
  expect(calls).toEqual({})
})

test('hits are counted as requests for their operation', async () => {
  const usage = createUsage(OPERATIONS)
  const { get } = open({ usage })
  for (let n = 0; n < 3; n++) await get(PAGE)
  const { versions } = await (await usage.management.request('/operations')).json()
  const page = versions[0].operations.find(({ name }: { name: string }) => name === 'ProductPage')
  expect(page.requests).toBe(3)
})
