import type { Review as UpstreamReview, ReviewSummary as UpstreamSummary } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { firstRows, oneRow } from './limits.ts'
import { Product } from './product.ts'

const ReviewSummary = builder.objectRef<UpstreamSummary>('ReviewSummary').implement({
  fields: (t) => ({
    average: t.exposeFloat('average', { access: 'public', description: '0 to 5.' }),
    count: t.exposeInt('count', { access: 'public' }),
    histogram: t.exposeIntList('histogram', {
      access: 'public',
      description: 'How many gave one star, two, … five.',
    }),
  }),
})

const Review = builder.objectRef<UpstreamReview>('Review').implement({
  fields: (t) => ({
    author: t.exposeString('author', { access: 'public' }),
    rating: t.exposeInt('rating', { access: 'public', description: '1 to 5.' }),
    title: t.exposeString('title', { access: 'public' }),
    body: t.exposeString('body', { access: 'public' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', access: 'public' }),
  }),
})

builder.objectFields(Product, (t) => ({
  reviewSummary: t.field({
    type: ReviewSummary,
    access: 'public',
    nullable: true,
    complexity: oneRow,
    resolve: ({ id }, _, { loaders }) => loaders.reviewSummary.load(id),
  }),
  reviews: t.field({
    type: [Review],
    access: 'public',
    nullable: true,
    description: 'Newest first.',
    args: { first: t.arg.int({ required: true, defaultValue: 3 }) },
    complexity: firstRows(20),
    resolve: async ({ id }, { first }, { loaders }) => (await loaders.latestReviews(first).load(id)) ?? [],
  }),
}))
