import type { Review as UpstreamReview, ProductReviews as UpstreamReviews } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { TEXTS } from './lifetimes.ts'
import { firstRows } from './limits.ts'
import { Product } from './product.ts'

const Review = builder.objectRef<UpstreamReview>('Review').implement({
  description: 'What one customer says about a product.',
  fields: (t) => ({
    author: t.exposeString('author', { access: 'public', description: 'As the author wants to be called.' }),
    rating: t.expose('rating', { type: 'SafeInt', access: 'public', description: 'Stars, 1 to 5.' }),
    title: t.exposeString('title', { access: 'public', description: 'One line.' }),
    body: t.exposeString('body', { access: 'public', description: 'The whole text.' }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      access: 'public',
      description: 'When it was written.',
    }),
  }),
})

const ProductReviews = builder.objectRef<UpstreamReviews>('ProductReviews').implement({
  description: 'How a product is rated, and its newest reviews.',
  fields: (t) => ({
    average: t.exposeFloat('average', { access: 'public', description: 'Stars, 0 to 5.' }),
    count: t.expose('count', {
      type: 'SafeInt',
      access: 'public',
      description: 'How many reviews there are.',
    }),
    histogram: t.expose('histogram', {
      type: ['SafeInt'],
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
builder.objectField(Product, 'reviews', (t) =>
  t.field({
    type: ProductReviews,
    access: 'public',
    nullable: true,
    description: 'How it is rated, and what was said about it last; at most 20 reviews.',
    args: { first: t.arg.int({ required: true, defaultValue: 3 }) },
    asks: 'reviews.ofProducts',
    lifetime: TEXTS,
    complexity: firstRows(20),
    resolve: ({ id }, { first }, { loaders }) => loaders.reviews.load({ key: id, limit: first }),
  }),
)
