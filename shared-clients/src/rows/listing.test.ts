import { expect, test } from 'vitest'
import { z } from 'zod'
import { grpcPageOf } from './listing.ts'

const Row = z.object({ sku: z.string().min(1) })
const parsed = (page: object) => grpcPageOf('pricing', Row).safeParse(page)

test('a page over gRPC has no next page where its cursor is empty, and a broken row at its place', () => {
  const { data } = parsed({ items: [{ sku: 'a' }, { sku: '' }], nextCursor: '', totalCount: 2 })
  expect(data).toMatchObject({ items: [{ sku: 'a' }], nextCursor: null, totalCount: 2 })
  expect([...(data?.broken.keys() ?? [])]).toEqual([1])
})

test('a page that holds more rows than it says there are is malformed: it was emptied on its way', () => {
  expect(parsed({ items: [{ sku: '' }, { sku: '' }], nextCursor: '', totalCount: 0 }).success).toBe(false)
  expect(parsed({ items: [], nextCursor: '', totalCount: 0 }).success).toBe(true)
})
