import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openCdn } from './cdn.ts'

/** A CDN that records purges, and answers as the test decides. */
async function fakeCdn() {
  const told: { url: string; tags: string[] }[] = []
  const answers: number[] = []
  const server = createServer((request, response) => {
    expect(request.method).toBe('PURGE')
    const status = answers.shift() ?? 200
    const tags = String(request.headers['surrogate-key'] ?? '').split(' ')
    if (status === 200) told.push({ url: request.url ?? '', tags: tags.filter(Boolean) })
    response.writeHead(status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { told, answers, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/purge` }
}

const log = { warn: vi.fn() }

it('is purged by tag: in one batch, and once more a little later', async () => {
  const { told, address } = await fakeCdn()
  const cdn = openCdn({ address, by: 'tags', log })
  expect(cdn.announce('/v1/products/p1', ['a:b', 'a:b:1'])).toEqual({ 'Surrogate-Key': 'a:b a:b:1' })
  expect(cdn.announce('/v1/nothing', [])).toEqual({})
  await cdn.invalidate(['a:b:1', 'a:b:2'])
  await cdn.invalidate(['a:b:2', 'a:b:3'])
  await vi.waitUntil(() => told.length === 1)
  expect(told).toEqual([{ url: '/purge', tags: ['a:b:1', 'a:b:2', 'a:b:3'] }])
  await vi.waitUntil(() => told.length === 2, { timeout: 3_000 })
  expect(told[1]).toEqual(told[0])
  await cdn.part.stop()
})

it('is purged by the URLs of answers with these tags, if it cannot purge by tag', async () => {
  const { told, answers, address } = await fakeCdn()
  const cdn = openCdn({ address, by: 'urls', log })
  expect(cdn.announce('/v1/products/p1?locale=de', ['a:b', 'a:b:1'])).toEqual({})
  cdn.announce('/v1/products?limit=3', ['a:b', 'a:b:1', 'a:b:2'])
  cdn.announce('/v1/products/p2', ['a:b', 'a:b:2'])
  answers.push(404)
  await cdn.invalidate(['a:b:1'])
  await vi.waitUntil(() => told.length === 3, { timeout: 3_000 })
  expect(new Set(told.map(({ url }) => url))).toEqual(
    new Set(['/v1/products/p1?locale=de', '/v1/products?limit=3']),
  )
  await cdn.invalidate(['a:b:1', 'never:told'])
  await cdn.invalidate(['a:b'])
  await vi.waitUntil(() => told.some(({ url }) => url === '/v1/products/p2'))
  await cdn.part.stop()
})

it('is retried until it answers, without delaying requests', async () => {
  const { told, answers, address } = await fakeCdn()
  const cdn = openCdn({ address, by: 'tags', log })
  answers.push(503, 500, 403)
  const before = performance.now()
  await cdn.invalidate(['a:b:1'])
  expect(performance.now() - before).toBeLessThan(50)
  await vi.waitUntil(() => told.length > 0, { timeout: 10_000 })
  expect(told[0]?.tags).toEqual(['a:b:1'])
  // Each purge is sent twice; on a busy machine the second may be queued already.
  await vi.waitFor(() => expect(cdn.part.details?.()).toMatchObject({ failed: 3, waiting: 0 }))
  expect(log.warn).toHaveBeenCalled()
  await cdn.part.stop()
})

it('is purged by whole kinds when too many purges are queued', async () => {
  const { told, address } = await fakeCdn()
  const cdn = openCdn({ address, by: 'tags', log })
  await cdn.invalidate(Array.from({ length: 10_001 }, (_, i) => `pricing:price:${i}`))
  await vi.waitUntil(() => told.length > 0)
  expect(told[0]?.tags).toEqual(['pricing:price'])
  await cdn.part.stop()
})

it('gets queued purges at the end of the process, which does not wait if the CDN is down', async () => {
  const { told, address } = await fakeCdn()
  const cdn = openCdn({ address, by: 'tags', log })
  await cdn.invalidate(['a:b:1'])
  await cdn.part.stop()
  expect(told).toEqual([{ url: '/purge', tags: ['a:b:1'] }])

  const gone = openCdn({ address: 'http://127.0.0.1:1/', by: 'tags', log })
  await gone.invalidate(['a:b:1'])
  await gone.part.stop()
  expect(gone.part.details?.()).toMatchObject({ failed: 1 })
})
