import type { Review as UpstreamReview, ProductReviews as UpstreamReviews } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { firstRows } from './limits.ts'
import { Product } from './product.ts'

const Review = builder.objectRef<UpstreamReview>('Review').implement({
  fields: (t) => ({
    author: t.exposeString('author', { access: 'public' }),
    rating: t.exposeInt('rating', { access: 'public', description: '1 to 5.' }),
    title: t.exposeString('title', { access: 'public' }),
    body: t.exposeString('body', { access: 'public' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', access: 'public' }),
  }),
})

const ProductReviews = builder.objectRef<UpstreamReviews>('ProductReviews').implement({
  fields: (t) => ({
    average: t.exposeFloat('average', { access: 'public', description: '0 to 5.' }),
    count: t.exposeInt('count', { access: 'public' }),
    histogram: t.exposeIntList('histogram', {
      access: 'public',
      description: 'How many gave one star, two, … five.',
    }),
    latest: t.field({
      type: [Review],
      access: 'public',
      description: 'Newest first, as many as "first" says.',
      resolve: ({ latest }) => latest,
    }),
  }),
})

// One field for the rating and the reviews: both come with one call.
builder.objectFields(Product, (t) => ({
  reviews: t.field({
    type: ProductReviews,
    access: 'public',
    nullable: true,
    args: { first: t.arg.int({ required: true, defaultValue: 3 }) },
    complexity: firstRows(20),
    resolve: ({ id }, { first }, { loaders }) => loaders.reviews(first).load(id),
  }),
}))
