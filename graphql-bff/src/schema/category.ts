import type { Category as UpstreamCategory } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { LISTS } from './lifetimes.ts'
import { ownList } from './limits.ts'
import { itemsOf } from './list-items.ts'

const Category = builder.objectRef<UpstreamCategory>('Category').implement({
  description: 'A group of products.',
  fields: (t) => ({
    id: t.exposeID('id', { access: 'public', description: 'Stable; `catalogue(category:)` takes it.' }),
    name: t.exposeString('name', { access: 'public', description: 'As customers see it.' }),
    productCount: t.expose('productCount', {
      type: 'SafeInt',
      access: 'public',
      description: 'How many products are in it.',
    }),
  }),
})

builder.queryField('categories', (t) =>
  t.field({
    type: [Category],
    access: 'public',
    nullable: { list: true, items: true },
    description: 'Every category of the shop.',
    asks: 'catalog.categories',
    lifetime: LISTS,
    complexity: ownList,
    resolve: async (_, __, { upstreams }) => itemsOf(await upstreams.optional.catalog.categories()),
  }),
)
