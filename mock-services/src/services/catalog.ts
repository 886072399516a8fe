import { get, inAnyOrder, invalid, notFound, optionalIds, pageOf, type Routes } from '../routes.ts'
import type { World } from '../world/index.ts'

export const catalogRoutes = ({ catalog }: World): Routes => [
  get('/products', (call) => {
    const ids = optionalIds(call, 'ids')
    if (ids) return { items: inAnyOrder(ids.flatMap((id) => catalog.byId(id) ?? [])), nextCursor: null }
    const skus = optionalIds(call, 'skus')
    if (skus) return { items: inAnyOrder(skus.flatMap((sku) => catalog.bySku(sku) ?? [])), nextCursor: null }
    return pageOf(call, catalog.inCategory(call.query.get('category')), ({ id }) => id, catalog.full)
  }),
  get('/products/{id}', ({ params: { id = '' } }) => {
    const product = catalog.byId(id)
    if (!product) throw notFound('product')
    return product
  }),
  get('/search', (call) => {
    const q = call.query.get('q')
    if (q === null || q.length > 200) throw invalid('q: 1 to 200 letters')
    return pageOf(call, catalog.search(q), ({ id }) => id, catalog.full)
  }),
]
