import { DirectiveLocation, GraphQLBoolean, GraphQLDirective, GraphQLNonNull, GraphQLString } from 'graphql'

/** Lets a slow part of a query come later, to who takes `multipart/mixed`. */
export const deferDirective = new GraphQLDirective({
  name: 'defer',
  description:
    'This part of a query may come after the rest, to a consumer that prefers multipart/mixed; for all others it has no effect.',
  locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
  args: {
    if: { type: new GraphQLNonNull(GraphQLBoolean), defaultValue: true, description: 'Whether it may.' },
    label: { type: GraphQLString, description: 'A name for the part that comes.' },
  },
})
