import { z } from 'zod'
import { fetchByKeys } from './batch.ts'
import { cacheKind, LONG } from './cache-policies.ts'
import { get } from './call/endpoint.ts'
import { httpClient } from './call/http.ts'
import { Audit, type ListingQuery, listingOf, TABLE } from './listing.ts'
import { Money } from './money.ts'

const Image = z.object({ url: z.url(), width: z.int(), height: z.int(), alt: z.string() })

export const Product = z.object({
  id: z.string(),
  sku: z.string(),
  name: z.string(),
  brand: z.string(),
  description: z.string(),
  categoryId: z.string(),
  categoryName: z.string(),
  images: z.array(Image),
  specifications: z.array(z.object({ name: z.string(), value: z.string(), unit: z.string().nullish() })),
  relatedIds: z.array(z.string()),
  active: z.boolean(),
  updatedAt: z.iso.datetime(),
  /** For finance only. */
  wholesaleCost: Money,
  /** Basis points of the price. For finance only. */
  margin: z.int(),
})
export type Product = z.infer<typeof Product>

const ProductPage = z.object({ items: z.array(Product), nextCursor: z.string().nullable() })
const Category = z.object({ id: z.string(), name: z.string(), productCount: z.int().nonnegative() })
export type ProductPage = z.infer<typeof ProductPage>

const byId = get('/products/{id}', Product)
const list = get('/products', ProductPage)
const search = get('/search', ProductPage)
const categories = get('/categories', z.object({ items: z.array(Category) }))
const rows = get('/products', listingOf(Product.extend({ audit: Audit })))

const PRODUCTS = cacheKind({ namespace: 'catalog:product', schema: Product, policy: LONG })

type Page = { cursor?: string | undefined; limit: number }

/** As it is now: neither out of the cache nor the answer to somebody who asked earlier. */
const NOW = { alone: true }

export const catalog = httpClient('catalog', { timeoutMs: 500 }, (call, cached) => ({
  byId: (id: string) => cached(PRODUCTS).byId(id, (call) => call(byId, { path: { id } })),
  /** The products that exist, by id. */
  byIds: (ids: readonly string[]) =>
    cached(PRODUCTS).byIds(ids, (call, missing) =>
      fetchByKeys(
        missing,
        async (some) => (await call(list, { query: { ids: some.join() } })).items,
        (product) => product.id,
      ),
    ),
  /** A page of one category, of everything when none is given. */
  list: ({ category, cursor, limit }: Page & { category?: string | undefined }) =>
    call(list, { query: { category, cursor, limit } }),
  /** A page of everything, as it is now. */
  listNow: (page: Page, options?: { timeoutMs?: number }) => call(list, { query: page, ...NOW, ...options }),
  /** The products that exist, by id, as they are now. */
  nowByIds: (ids: readonly string[]) =>
    fetchByKeys(
      ids,
      async (some) => (await call(list, { query: { ids: some.join() }, ...NOW })).items,
      (product) => product.id,
    ),
  /** The products that are sold under these SKUs, by SKU, as they are now. */
  nowBySkus: (skus: readonly string[]) =>
    fetchByKeys(
      skus,
      async (some) => (await call(list, { query: { skus: some.join() }, ...NOW })).items,
      (product) => product.sku,
    ),
  categories: async () => (await call(categories)).items,
  /** For staff: as it is now, with who changed what. */
  rows: (query: ListingQuery & { category?: string | undefined }) => call(rows, { query, ...NOW, ...TABLE }),
  search: (q: string, { cursor, limit }: Page) => call(search, { query: { q, cursor, limit } }),
}))
