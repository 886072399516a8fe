import { z } from 'zod'

/** A JSON Schema (2020-12) for one value. */
type Form = { type: 'string' | 'integer' } & Readonly<Record<string, unknown>>

/** The schemas whose form is written beside them, since it cannot be made from them. */
export const declaredForms = z.registry<Form>()

/**
 * A schema that does more than JSON Schema can say (it changes, converts or refines), with what it takes in words of
 * JSON Schema. `agreement.test.ts` holds the two together: what the form allows has to be accepted.
 */
export function declared<S extends z.ZodType>(schema: S, form: Form): S {
  const known = schema.meta({ ...schema.meta(), ...form })
  declaredForms.add(known, form)
  return known
}
