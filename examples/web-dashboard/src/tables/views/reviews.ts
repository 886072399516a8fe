import { StaffReviewsTable } from '../../gen/operations.ts'
import { orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

export const reviews = defineTable({
  title: 'Reviews',
  one: 'review',
  operation: StaffReviewsTable,
  variables: (asked) => ({
    first: asked.first,
    filter: {
      productId: asked.filter.productId,
      rating: asked.filter.rating ? Number(asked.filter.rating) : undefined,
    },
    sort: orderOf(['CREATED_AT', 'RATING'], asked),
  }),
  pick: ({ administration }) => administration.reviews,
  columns: [
    { name: 'Review', value: ({ id }) => id },
    { name: 'Product', value: ({ product, productId }) => product?.name ?? productId },
    { name: 'Author', value: ({ author }) => author },
    { name: 'Stars', kind: 'number', value: ({ rating }) => rating, sort: 'RATING' },
    { name: 'Title', value: ({ title }) => title },
    { name: 'Text', value: ({ body }) => body },
    { name: 'Bought here', kind: 'flag', value: ({ isPurchase }) => isPurchase },
    { name: 'Moderation', kind: 'word', value: ({ moderation }) => moderation },
    { name: 'Written', kind: 'instant', value: ({ createdAt }) => createdAt, sort: 'CREATED_AT' },
  ],
  filters: [
    { name: 'productId', label: 'Product id', hint: 'p1001' },
    { name: 'rating', label: 'Stars', words: ['1', '2', '3', '4', '5'] },
  ],
  trail: ({ audit }) => audit,
})
