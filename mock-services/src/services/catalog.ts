import { type Listing, listed } from '../listing.ts'
import { get, inAnyOrder, invalid, notFound, optionalIds, type Routes } from '../routes.ts'
import { CATEGORIES } from '../seed/categories.ts'
import { type ProductHead, productHeads } from '../seed/products.ts'
import type { World } from '../world/index.ts'

const PRODUCTS: Listing<ProductHead> = {
  idOf: ({ id }) => id,
  sorts: new Map<string, (head: ProductHead) => string | number>([
    ['number', ({ number }) => number],
    ['name', ({ name }) => name],
    ['brand', ({ brand }) => brand],
  ]),
  usual: 'number',
}

/** Categories with the number of their products in the seed; `id` as in `?category=`. */
const categories = () =>
  CATEGORIES.map(({ id, name }) => ({
    id,
    name,
    productCount: productHeads('all').filter(({ category }) => category.id === id).length,
  }))

export const catalogRoutes = ({ catalog }: World): Routes => [
  get('/products', (call) => {
    const ids = optionalIds(call, 'ids')
    if (ids) return { items: inAnyOrder(ids.flatMap((id) => catalog.byId(id) ?? [])), nextCursor: null }
    const skus = optionalIds(call, 'skus')
    if (skus) return { items: inAnyOrder(skus.flatMap((sku) => catalog.bySku(sku) ?? [])), nextCursor: null }
    return listed(call, catalog.inCategory(call.query.get('category')), PRODUCTS, catalog.full)
  }),
  get('/categories', () => ({ items: categories() })),
  get('/products/{id}', ({ params: { id = '' } }) => {
    const product = catalog.byId(id)
    if (!product) throw notFound('product')
    return product
  }),
  get('/search', (call) => {
    const q = call.query.get('q')
    if (q === null || q.length > 200) throw invalid('q: 1 to 200 letters')
    const { heads, rankOf } = catalog.search(q)
    const usual = 'relevance'
    return listed(call, heads, { ...PRODUCTS, usual, sorts: new Map([[usual, rankOf]]) }, catalog.full)
  }),
]
