import type { Schema } from '../openapi/document.ts'

/** A schema and the components that its references lead to. */
export type Defined = { schema: Schema; components: Readonly<Record<string, Schema>> }

/** Deeper than any view: a schema that refers to itself ends here. */
export const MAX_DEPTH = 30

const ANNOTATIONS = new Set([
  'description',
  'title',
  'example',
  'examples',
  'default',
  'deprecated',
  '$comment',
])

/** Whether a keyword only says something to people. */
export const isAnnotation = (keyword: string): boolean => ANNOTATIONS.has(keyword) || keyword.startsWith('x-')

/** What stands under a keyword, as a schema; one that allows everything when there is nothing. */
export const asSchema = (value: unknown): Schema =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}

/** The only values that a schema allows, when it names them. */
export const valuesOf = (schema: Schema): unknown[] | undefined => {
  if ('const' in schema) return [schema.const]
  return Array.isArray(schema.enum) ? schema.enum : undefined
}

/**
 * The kinds of value that a schema allows, each with one type at most; no reference, `anyOf` or `allOf` is left at
 * its top. `oneOf` counts as `anyOf`.
 */
export function kindsOf({ schema, components }: Defined, depth = 0): Schema[] {
  const { $ref, anyOf, oneOf, allOf, ...own } = schema
  if (depth > MAX_DEPTH) return [own]
  const also = (other: Schema) => kindsOf({ schema: both(other, own), components }, depth + 1)
  const target = typeof $ref === 'string' ? components[$ref.split('/').at(-1) ?? ''] : undefined
  if (target) return also(target)
  const either = schemas(anyOf ?? oneOf)
  if (either.length > 0) return either.flatMap(also)
  const [first, ...rest] = schemas(allOf)
  if (first) return also(rest.length > 0 ? { ...first, allOf: rest } : first)
  return Array.isArray(own.type) ? own.type.flatMap((type) => ofType(own, type)) : [own]
}

const schemas = (given: unknown): Schema[] => (Array.isArray(given) ? given.map(asSchema) : [])

/** What two schemas say together; where both have a bound, that of the second. */
function both(one: Schema, other: Schema): Schema {
  const constraints = Object.entries(other).filter(([keyword]) => !isAnnotation(keyword))
  const properties = { ...asSchema(one.properties), ...asSchema(other.properties) }
  const required = [one.required, other.required].flatMap((names) => (Array.isArray(names) ? names : []))
  return {
    ...one,
    ...Object.fromEntries(constraints),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  }
}

/** Of a schema with several types that of one; its list of values may leave nothing for it. */
function ofType(schema: Schema, type: unknown): Schema[] {
  const values = valuesOf(schema)?.filter((value) => isOfType(value, type))
  if (values?.length === 0) return []
  if (type === 'null') return [{ type }]
  const { const: _, ...rest } = schema
  return [{ ...rest, type, ...(values && { enum: values }) }]
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'null' || value === null) return type === 'null' && value === null
  if (type === 'array' || Array.isArray(value)) return type === 'array' && Array.isArray(value)
  return typeof value === type || (type === 'integer' && Number.isInteger(value))
}
