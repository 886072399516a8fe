import type { Product as CatalogProduct } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { TEXTS } from './lifetimes.ts'
import { rowById, rowsByIds } from './limits.ts'
import { loadedItems } from './list-items.ts'
import { Money } from './money.ts'

type Image = CatalogProduct['images'][number]
type Specification = CatalogProduct['specifications'][number]

const Image = builder.objectRef<Image>('Image').implement({
  description: 'A picture of a product.',
  fields: (t) => ({
    url: t.exposeString('url', { access: 'public', description: 'Takes `?w=` for a width in pixels.' }),
    width: t.expose('width', { type: 'SafeInt', access: 'public', description: 'Pixels of the original.' }),
    height: t.expose('height', { type: 'SafeInt', access: 'public', description: 'Pixels of the original.' }),
    alt: t.exposeString('alt', { access: 'public', description: 'What the picture shows, in words.' }),
  }),
})

const Specification = builder.objectRef<Specification>('Specification').implement({
  description: 'One property of a product.',
  fields: (t) => ({
    name: t.exposeString('name', { access: 'public', description: 'What is specified, such as "Length".' }),
    value: t.exposeString('value', { access: 'public', description: 'Without its unit.' }),
    unit: t.exposeString('unit', { access: 'public', nullable: true, description: 'The unit of the value.' }),
  }),
})

const ProductCategory = builder.objectRef<CatalogProduct>('ProductCategory').implement({
  description: 'The category that a product is in.',
  fields: (t) => ({
    id: t.exposeID('categoryId', { access: 'public', description: 'Id of the category.' }),
    name: t.exposeString('categoryName', { access: 'public', description: 'As customers see it.' }),
  }),
})

export const Product = builder.objectRef<CatalogProduct>('Product').implement({
  description:
    'A product of the shop. Price, stock, reviews and recommendations come from services of their own.',
  fields: (t) => ({
    id: t.exposeID('id', { access: 'public', description: 'Stable.' }),
    sku: t.exposeString('sku', { access: 'public', description: 'Under which it is sold and stored.' }),
    name: t.exposeString('name', { access: 'public', description: 'As customers see it.' }),
    brand: t.exposeString('brand', { access: 'public', description: 'Who makes it.' }),
    description: t.exposeString('description', { access: 'public', description: 'A few paragraphs.' }),
    category: t.field({
      type: ProductCategory,
      access: 'public',
      description: 'The category that it is in.',
      resolve: (product) => product,
    }),
    images: t.field({
      type: [Image],
      access: 'public',
      description: 'The main picture first.',
      resolve: ({ images }) => images,
    }),
    specifications: t.field({
      type: [Specification],
      access: 'public',
      description: 'Its properties, the important ones first.',
      resolve: ({ specifications }) => specifications,
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      access: 'public',
      description: 'When the catalog changed it last.',
    }),
    wholesaleCost: t.field({
      type: Money,
      access: 'finance',
      nullable: true,
      description: 'What it costs us. For finance.',
      resolve: ({ wholesaleCost }) => wholesaleCost,
    }),
    margin: t.expose('margin', {
      type: 'SafeInt',
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
    asks: 'catalog.byIds',
    lifetime: TEXTS,
    complexity: rowById,
    resolve: (_, { id }, { loaders }) => loaders.product.load(id),
  }),
  products: t.field({
    type: [Product],
    access: 'public',
    nullable: { list: false, items: true },
    description:
      'Those that exist, in the order of the ids; at most 100. `null` for a product that arrived malformed.',
    args: { ids: t.arg.idList({ required: true }) },
    asks: 'catalog.byIds',
    lifetime: TEXTS,
    complexity: rowsByIds,
    resolve: (_, { ids }, { loaders }) => loadedItems(ids.map((id) => loaders.product.load(id))),
  }),
}))
