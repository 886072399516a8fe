import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, clientToken } from '../../test/calls.ts'
import { type MockServices, startMockServices } from '../index.ts'
import { imageUrl } from '../seed/picture.ts'
import { productHeads } from '../seed/products.ts'

let mocks: MockServices
beforeAll(async () => {
  mocks = await startMockServices()
})
afterAll(() => mocks.close())

const CHROMIUM = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'
const [FIRST, SECOND] = productHeads('all')
if (!FIRST || !SECOND) throw new RangeError('the seed has no products')

const pathOf = (url: string) => new URL(url).pathname
const ask = (path: string, init?: RequestInit) => fetch(mocks.services.images + path, init)

test('a picture comes at the width and in the format asked for, and may be cached for a year', async () => {
  for (const [accept, format] of [
    [CHROMIUM, 'heif'],
    ['image/webp,*/*;q=0.5', 'webp'],
    ['*/*', 'jpeg'],
  ] as const) {
    const answer = await ask(`${pathOf(imageUrl(FIRST))}?w=240`, { headers: { accept } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(answer.headers.get('vary')).toBe('Accept')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    const picture = await sharp(Buffer.from(await answer.arrayBuffer())).metadata()
    expect(picture).toMatchObject({ width: 240, height: 240, format })
  }
})

test('a width between two that are drawn gets the wider one', async () => {
  const answer = await ask(`${pathOf(imageUrl(FIRST))}?w=121`)
  expect((await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).width).toBe(160)
})

test('the same picture has the same bytes in every process, and each product a picture of its own', async () => {
  const etag = async (path: string) => (await ask(`${path}?w=64`)).headers.get('etag')
  const first = await etag(pathOf(imageUrl(FIRST)))
  const other = await startMockServices()
  const again = await fetch(`${other.services.images}${pathOf(imageUrl(FIRST))}?w=64`)
  await other.close()
  expect(again.headers.get('etag')).toBe(first)
  expect(await etag(pathOf(imageUrl(SECOND)))).not.toBe(first)
  expect(await etag(pathOf(imageUrl(FIRST, 1)))).not.toBe(first)
  const unchanged = await ask(`${pathOf(imageUrl(FIRST))}?w=64`, {
    headers: { 'if-none-match': String(first) },
  })
  expect([unchanged.status, await unchanged.text()]).toEqual([304, ''])
})

test('whatever is no picture is refused, and never cached', async () => {
  const path = pathOf(imageUrl(FIRST))
  const cases: [path: string, status: number, init?: RequestInit][] = [
    [path.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')), 404],
    ['/p/p1001/9-00000000', 404],
    ['/p/__proto__/1-00000000', 404],
    ['/', 404],
    [`${path}?w=0`, 400],
    [`${path}?w=2401`, 400],
    [`${path}?w=1e2`, 400],
    [`${path}?w=64`, 406, { headers: { accept: 'text/html' } }],
    [path, 405, { method: 'POST' }],
  ]
  for (const [asked, status, init] of cases) {
    const answer = await ask(asked, init)
    expect([asked, answer.status, answer.headers.get('cache-control')]).toEqual([asked, status, 'no-store'])
  }
})

test('every picture that a service names is there, at the address of this image service', async () => {
  const token = await clientToken(mocks, 'catalog')
  const answer = await call(mocks, 'catalog', '/products?limit=40', token)
  const { items } = (await answer.json()) as { items: { images: { url: string }[] }[] }
  const urls = items.flatMap(({ images }) => images.map(({ url }) => url))
  expect(urls.length).toBeGreaterThan(200)
  for (const url of urls) {
    expect(new URL(url).origin).toBe(mocks.services.images)
    expect((await fetch(`${url}?w=64`, { method: 'HEAD' })).status).toBe(200)
  }
})
