import type { Product as CatalogProduct } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { rowById, rowsByIds } from './limits.ts'
import { Money } from './money.ts'

type Image = CatalogProduct['images'][number]
type Specification = CatalogProduct['specifications'][number]

const Image = builder.objectRef<Image>('Image').implement({
  fields: (t) => ({
    url: t.exposeString('url', { access: 'public', description: 'Takes `?w=` for a width in pixels.' }),
    width: t.exposeInt('width', { access: 'public' }),
    height: t.exposeInt('height', { access: 'public' }),
    alt: t.exposeString('alt', { access: 'public' }),
  }),
})

const Specification = builder.objectRef<Specification>('Specification').implement({
  fields: (t) => ({
    name: t.exposeString('name', { access: 'public' }),
    value: t.exposeString('value', { access: 'public' }),
    unit: t.exposeString('unit', { access: 'public', nullable: true }),
  }),
})

const Category = builder.objectRef<CatalogProduct>('Category').implement({
  fields: (t) => ({
    id: t.exposeID('categoryId', { access: 'public' }),
    name: t.exposeString('categoryName', { access: 'public' }),
  }),
})

/** What the catalog knows of a product; price, stock, reviews and recommendations add theirs in their own files. */
export const Product = builder.objectRef<CatalogProduct>('Product').implement({
  fields: (t) => ({
    id: t.exposeID('id', { access: 'public' }),
    sku: t.exposeString('sku', { access: 'public' }),
    name: t.exposeString('name', { access: 'public' }),
    brand: t.exposeString('brand', { access: 'public' }),
    description: t.exposeString('description', { access: 'public' }),
    category: t.field({ type: Category, access: 'public', resolve: (product) => product }),
    images: t.field({ type: [Image], access: 'public', resolve: ({ images }) => images }),
    specifications: t.field({
      type: [Specification],
      access: 'public',
      resolve: ({ specifications }) => specifications,
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', access: 'public' }),
    wholesaleCost: t.field({
      type: Money,
      access: 'finance',
      nullable: true,
      description: 'For finance.',
      resolve: ({ wholesaleCost }) => wholesaleCost,
    }),
    margin: t.exposeInt('margin', {
      access: 'finance',
      nullable: true,
      description: 'Basis points of the price. For finance.',
    }),
  }),
})

builder.queryFields((t) => ({
  product: t.field({
    type: Product,
    access: 'public',
    nullable: true,
    description: '`null` when there is no such product.',
    args: { id: t.arg.id({ required: true }) },
    complexity: rowById,
    resolve: (_, { id }, { loaders }) => loaders.product.load(id),
  }),
  products: t.field({
    type: [Product],
    access: 'public',
    description: 'Those that exist, in the order of the ids; at most 100.',
    args: { ids: t.arg.idList({ required: true }) },
    complexity: rowsByIds,
    resolve: async (_, { ids }, { loaders }) => {
      const products = await Promise.all(ids.map((id) => loaders.product.load(id)))
      return products.filter((product) => product !== null)
    },
  }),
}))
