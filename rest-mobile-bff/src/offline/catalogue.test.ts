import type { Price, Product } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { Rows } from '@harbor/shared-runtime/rows'
import { until } from '@harbor/shared-testing/until'
import { expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'
import { readCatalogue } from './catalogue.ts'

const mobile = useMobile()

it('a list that changes while it is read is read on, and no product that stayed is missing', async () => {
  // The last product of the first page is removed before the second page is requested.
  mobile.mocks.setFault('pricing', { latencyMs: 100 })
  const asked = mobile.get('/v1/offline-bundle')
  await until(() => mobile.calls().pricing === 1)
  mobile.mocks.products.remove('p1100')
  mobile.mocks.clearFaults()
  let answer = await asked
  // On a busy machine it is not ready in time: it continues in the background, and a later request gets it.
  while (answer.json.retryable) answer = await mobile.get('/v1/offline-bundle')
  const { status, json } = answer
  expect(status).toBe(200)
  const ids = new Set(json.products.map(({ id }: { id: string }) => id))
  expect(ids.size).toBe(json.products.length)
  expect(ids.has('p1099') && ids.has('p1101') && ids.has('p3000')).toBe(true)
})

const product = (number: number): Product => ({
  id: `p${number}`,
  sku: `HB-${number}`,
  name: `Pan ${number}`,
  brand: 'Ostra',
  description: '',
  categoryId: 'cat-01',
  categoryName: 'Cookware',
  images: [],
  specifications: [],
  relatedIds: [],
  active: true,
  updatedAt: '2026-11-20T09:00:00.000Z',
  wholesaleCost: { amountMinor: 1, currency: 'EUR' },
  margin: 1,
})

it('a list that refuses a cursor, since its product is gone, is read again from its start', async () => {
  const cursors: (string | undefined)[] = []
  const page = (number: number, nextCursor: string | null) => ({
    items: [product(number)],
    broken: new Map(),
    nextCursor,
    totalCount: 3,
  })
  const answers = [page(1, 'after-1'), undefined, page(2, 'after-2'), page(3, null)]
  const catalog = {
    listNow: async ({ cursor }: { cursor?: string | undefined }) => {
      const answer = answers[cursors.push(cursor) - 1]
      if (!answer) throw new UpstreamError('catalog', 'rejected', 'cursor: not one of this list')
      return answer
    },
  }
  const pricing = { pricesNow: async () => new Rows<Price>() }
  const { products } = await readCatalogue({ catalog, pricing })
  expect(products.map(({ id }) => id)).toEqual(['p1', 'p2', 'p3'])
  expect(cursors).toEqual([undefined, 'after-1', undefined, 'after-2'])
})
