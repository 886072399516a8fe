import './access.ts'
import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import type { Context } from './context.ts'

/** A list whose length nobody chose (a product's images, an order's lines) counts as this many rows. */
const USUAL_LIST_LENGTH = 10

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
  }
}>({
  defaultFieldNullability: false,
  plugins: ['access', ComplexityPlugin],
  // Counted before anything is resolved, by plugins/use-cost.ts.
  complexity: { disabled: true, defaultComplexity: 0, defaultListMultiplier: USUAL_LIST_LENGTH },
})

builder.queryType({})

builder.scalarType('DateTime', { description: 'ISO 8601, UTC.', serialize: (instant) => instant })
