import { z } from 'zod'
import { get } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { fetchByKeys } from '../rows/batch.ts'
import { Audit, type ListingQuery, type Page, pageOf, TABLE } from '../rows/listing.ts'
import { itemsOf, keyedRows } from '../rows/parsed-rows.ts'
import { cacheKind, LONG } from './cache-policies.ts'
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

const ProductPage = pageOf('catalog', Product)
const Category = z.object({ id: z.string(), name: z.string(), productCount: z.int().nonnegative() })
export type ProductPage = Page<Product>
export type Category = z.infer<typeof Category>

const byId = get('/products/{id}', Product)
const list = get('/products', ProductPage)
const some = get('/products', z.object({ items: keyedRows('catalog', Product, 'id') }))
const sold = get('/products', z.object({ items: keyedRows('catalog', Product, 'sku') }))
const search = get('/search', ProductPage)
const categories = get('/categories', itemsOf('catalog', Category))
const ProductRow = Product.extend({ audit: Audit })
export type ProductRow = z.infer<typeof ProductRow>
const rows = get('/products', pageOf('catalog', ProductRow))

const PRODUCTS = cacheKind({ namespace: 'catalog:product', schema: Product, policy: LONG })

type PageQuery = { cursor?: string | undefined; limit: number }

/** As it is now: neither from the cache nor shared with a call that began earlier. */
const NOW = { alone: true }

export const catalog = httpClient('catalog', { timeoutMs: 500 }, (call, cached) => ({
  byId: (id: string) => cached(PRODUCTS).byId(id, (call) => call(byId, { path: { id } })),
  /** The products that exist, by id. */
  byIds: (ids: readonly string[]) =>
    cached(PRODUCTS).byIds(ids, (call, missing) =>
      fetchByKeys(missing, async (ids) => (await call(some, { query: { ids: ids.join() } })).items),
    ),
  /** A page of one category, of everything when none is given. */
  list: ({ category, cursor, limit }: PageQuery & { category?: string | undefined }) =>
    call(list, { query: { category, cursor, limit } }),
  /** A page of everything, as it is now. */
  listNow: (page: PageQuery, options?: { timeoutMs?: number }) =>
    call(list, { query: page, ...NOW, ...options }),
  /** The products that exist, by id, as they are now; fails when one of them is malformed. */
  nowByIds: async (ids: readonly string[]) =>
    (
      await fetchByKeys(ids, async (ids) => (await call(some, { query: { ids: ids.join() }, ...NOW })).items)
    ).whole(),
  /** The products that are sold under these SKUs, by SKU, as they are now; fails when one of them is malformed. */
  nowBySkus: async (skus: readonly string[]) =>
    (
      await fetchByKeys(
        skus,
        async (skus) => (await call(sold, { query: { skus: skus.join() }, ...NOW })).items,
      )
    ).whole(),
  categories: () => call(categories),
  /** For staff: as it is now, with who changed what. */
  rows: (query: ListingQuery & { category?: string | undefined }) => call(rows, { query, ...NOW, ...TABLE }),
  search: (q: string, { cursor, limit }: PageQuery) => call(search, { query: { q, cursor, limit } }),
}))
