import { declaredForms } from '@harbor/shared-edge/rest/declared-form'
import { z } from 'zod'

/** `input`: what a stranger sends, which has bounds. `answer`: what leaves, which the projection bounds. */
type Direction = 'input' | 'answer'

/**
 * What of a schema the document could not say, one sentence each: it would be lost, and a client would be told what
 * is not so. A form that is declared (`declared-form.ts`) stands for what is below it.
 * @param place where it stands, for the message: `GET /v1/search q`
 */
export function inexpressible(place: string, schema: z.ZodType, direction: Direction): string[] {
  if (declaredForms.has(schema)) return []
  const at = (name: string, inner: unknown): string[] =>
    inner instanceof z.ZodType ? inexpressible(`${place}${name}`, inner, direction) : []
  return [...faultsOf(schema, direction).map((fault) => `${place}: ${fault}`), ...children(schema, at)]
}

const DECLARE = 'Declare its form with declared()'

function faultsOf(schema: z.ZodType, direction: Direction): string[] {
  const faults: string[] = []
  if (
    schema instanceof z.ZodTransform ||
    (schema instanceof z.ZodPipe && schema.in instanceof z.ZodTransform)
  )
    faults.push(`a transform, whose input the document does not know. ${DECLARE}.`)
  else if (schema instanceof z.ZodPipe)
    faults.push(`a pipe, of which the document knows one end. ${DECLARE}.`)
  if (!KINDS.some((kind) => schema instanceof kind))
    faults.push(
      `a ${schema.def.type}, for which there is no rule here. Use another kind, or declare its form.`,
    )
  if ('coerce' in schema.def && schema.def.coerce)
    faults.push(`coerced, so it takes more than it says. ${DECLARE}.`)
  for (const { _zod } of schema.def.checks ?? []) {
    if (_zod.def.check === 'custom') faults.push(`a refinement, which JSON Schema does not know. ${DECLARE}.`)
    if (_zod.def.check === 'overwrite') faults.push(`a change of the value (trim, toLowerCase). ${DECLARE}.`)
    const pattern = 'pattern' in _zod.def ? _zod.def.pattern : undefined
    if (pattern instanceof RegExp && pattern.flags !== '')
      faults.push(`the pattern ${pattern} has flags, which the document loses. Write it without.`)
  }
  return direction === 'input' ? [...faults, ...unbounded(schema)] : faults
}

const KINDS = [
  ...[z.ZodString, z.ZodStringFormat, z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodLiteral, z.ZodNull],
  ...[z.ZodObject, z.ZodArray, z.ZodUnion, z.ZodOptional, z.ZodNullable, z.ZodDefault, z.ZodReadonly],
  ...[z.ZodTransform, z.ZodPipe],
]

/** A quantifier without an end, outside of an escape. */
const OPEN_ENDED = /(?<!\\)[*+]|\{\d+,\}/

function unbounded(schema: z.ZodType): string[] {
  const checks = (schema.def.checks ?? []).map(({ _zod }) => _zod.def)
  const has = (check: string) => checks.some((other) => other.check === check)
  if (schema instanceof z.ZodNumber)
    return has('greater_than') && has('less_than') ? [] : ['a number without a least and a most.']
  if (schema instanceof z.ZodArray) return has('max_length') ? [] : ['a list without a longest length.']
  if (!(schema instanceof z.ZodString)) return []
  const bounded = checks.some(
    (check) =>
      'pattern' in check && check.pattern instanceof RegExp && !OPEN_ENDED.test(check.pattern.source),
  )
  return bounded || has('max_length') || has('length_equals') ? [] : ['a text without a longest length.']
}

function children(schema: z.ZodType, at: (name: string, inner: unknown) => string[]): string[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, field]) => at(` ${name}`, field))
  if (schema instanceof z.ZodArray) return at('[]', schema.element)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => at('', option))
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  )
    return at('', schema.def.innerType)
  return []
}
