import { builder } from '../builder.ts'
import { connectionOf, connectionType } from './connection.ts'
import { LISTS } from './lifetimes.ts'
import { assertId, assertWords, pageOfRows } from './limits.ts'
import { Product } from './product.ts'

const ProductConnection = connectionType('Product', Product, 'public')

/** The most products that a page of the shop shows. */
const MAX_PAGE = 100

builder.queryFields((t) => ({
  catalogue: t.field({
    type: ProductConnection,
    access: 'public',
    nullable: true,
    description: 'The products of a category, or of the whole shop; at most 100 a page.',
    args: {
      category: t.arg.id({ description: 'Only what is in this category.' }),
      first: t.arg.int({ required: true, defaultValue: 24 }),
      after: t.arg.string(),
    },
    asks: 'catalog.list',
    lifetime: LISTS,
    complexity: pageOfRows<{ category?: string | null | undefined }>(MAX_PAGE, ({ category }) => {
      if (category) assertId(category)
    }),
    resolve: async (_, { category, first, after }, { upstreams }) =>
      connectionOf(
        await upstreams.optional.catalog.list({
          category: category ?? undefined,
          cursor: after ?? undefined,
          limit: first,
        }),
        after,
      ),
  }),
  search: t.field({
    type: ProductConnection,
    access: 'public',
    nullable: true,
    description: 'The products that have all of these words; at most 100 a page.',
    args: {
      words: t.arg.string({ required: true, description: '1 to 100 characters.' }),
      first: t.arg.int({ required: true, defaultValue: 24 }),
      after: t.arg.string(),
    },
    asks: 'catalog.search',
    lifetime: LISTS,
    complexity: pageOfRows<{ words: string }>(MAX_PAGE, ({ words }) => assertWords(words)),
    resolve: async (_, { words, first, after }, { upstreams }) =>
      connectionOf(
        await upstreams.optional.catalog.search(words.trim().replace(/\s+/g, ' ').normalize('NFC'), {
          cursor: after ?? undefined,
          limit: first,
        }),
        after,
      ),
  }),
}))
