import { z } from 'zod'

/** A JSON Schema (2020-12) for one value. */
type Form = { type: 'string' | 'integer' } & Readonly<Record<string, unknown>>

/** Schemas with an explicit JSON Schema, because it cannot be generated. */
export const declaredForms = z.registry<Form>()

/**
 * Attaches a JSON Schema to a schema that does more than JSON Schema can express (it changes, converts or refines).
 * `agreement.test.ts` checks that everything the JSON Schema allows is accepted.
 */
export function declared<S extends z.ZodType>(schema: S, form: Form): S {
  const known = schema.meta({ ...schema.meta(), ...form })
  declaredForms.add(known, form)
  return known
}
