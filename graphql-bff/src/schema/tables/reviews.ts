import type { ReviewRow } from '@harbor/shared-clients'
import { openEnum } from '../open-enum.ts'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byCount, byId } from './filters.ts'

const ModerationState = openEnum('ModerationState', {
  description: 'Whether a review may be shown.',
  words: { APPROVED: 'APPROVED', SECOND_LOOK: 'PENDING_SECOND_LOOK' },
})

defineTable('reviews', {
  row: 'ReviewRow',
  description: 'What one customer says about a product; those of the newest products.',
  columns: (column: Columns<ReviewRow>) => ({
    id: column.id('Stable.', ({ id }) => id),
    productId: column.id('Id of the product.', ({ productId }) => productId),
    product: column.product(({ productId }) => productId),
    author: column.text('As the author wants to be called.', ({ author }) => author),
    rating: column.count('Stars, 1 to 5.', ({ rating }) => rating),
    title: column.text('One line.', ({ title }) => title),
    body: column.text('The whole text.', ({ body }) => body),
    isPurchase: column.flag('Whether the author bought it here.', (row) => row.verifiedPurchase),
    moderation: column.word(ModerationState, 'Whether it may be shown.', (row) => row.moderationState),
    createdAt: column.instant('When it was written.', ({ createdAt }) => createdAt),
    audit: column.audit(({ audit }) => audit),
  }),
  filters: {
    productId: byId('About this product.'),
    rating: byCount('With so many stars.', { least: 1, most: 5 }),
  },
  sorts: { CREATED_AT: 'createdAt', RATING: 'rating' },
  asks: 'reviews.rows',
  list: ({ reviews }, page, filters) => reviews.rows({ ...page, ...filters }),
})
