import './builder/access.ts'
import './builder/field-options.ts'
import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import { GraphQLError, Kind } from 'graphql'
import type { Context } from './context.ts'
import { USUAL_LIST_LENGTH } from './schema/limits.ts'

/**
 * The schema's builder. Nullability is the dependency policy: a field is critical (non-null) unless it says
 * `nullable: true`, which makes it optional: when its upstream fails, it is `null` and the rest is answered.
 */
export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: string; Output: string }
    SafeInt: { Input: number; Output: number }
  }
}>({
  defaultFieldNullability: false,
  plugins: ['access', 'fieldOptions', ComplexityPlugin],
  // Counted before anything is resolved, by plugins/use-cost.ts.
  complexity: { disabled: true, defaultComplexity: 0, defaultListMultiplier: USUAL_LIST_LENGTH },
})

builder.queryType({
  description:
    'What can be read. A field that is nullable is optional: when its service fails it is `null`, the error says why, and the rest is answered.',
})

builder.subscriptionType({
  description:
    'What can be watched, as server-sent events: the present state first, then each later one. Changes that come faster than they can be sent are one.',
})

builder.mutationType({
  description:
    'What can be written: one field an operation. A result is the payload, or an error that its user can do something about (`UserError`).',
})

builder.scalarType('DateTime', { description: 'ISO 8601, UTC.', serialize: (instant) => instant })

builder.scalarType('SafeInt', {
  description:
    'A whole number from -(2^53 - 1) to 2^53 - 1, a JSON number: amounts of money, counters and stock, which do not fit into Int.',
  serialize: safeInteger,
  parseValue: safeInteger,
  parseLiteral: (node) => safeInteger(node.kind === Kind.INT ? Number(node.value) : undefined),
})

function safeInteger(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new GraphQLError('A SafeInt is a whole number from -(2^53 - 1) to 2^53 - 1.')
}

export type { Access } from './builder/access.ts'

/** The types of the builder, for helpers that are given a type of the graph. */
export type GraphTypes = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Types> ? Types : never
