import { createHash } from 'node:crypto'
import { z } from 'zod'

/** Keywords of JSON Schema that do not affect the shape. */
const SPOKEN = new Set(['$schema', 'title', 'description', 'examples', 'deprecated'])
/** Keywords whose members are fields: a field may be called `description`. */
const BY_NAME = new Set(['properties', '$defs', 'patternProperties'])
/** Keywords whose arrays are unordered. */
const UNORDERED = new Set(['required', 'enum', 'anyOf', 'oneOf', 'allOf', 'type'])

type Json = unknown

const jsonSchema = (schema: z.ZodType): Json =>
  z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output', reused: 'inline' })

/**
 * 12 hex digits, equal for equal shapes whatever the order of their fields, and different once a field is added,
 * removed, renamed, made optional or given another type. Anything that JSON Schema cannot express (a transform, a
 * refinement) is ignored.
 */
export const shapeHash = (schema: z.ZodType): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(jsonSchema(schema))))
    .digest('hex')
    .slice(0, 12)

/** The names of all fields of a schema, at any depth. */
export function fieldNames(schema: z.ZodType): ReadonlySet<string> {
  const names = new Set<string>()
  const walk = (node: Json, named: boolean): void => {
    if (Array.isArray(node)) for (const item of node) walk(item, false)
    else if (typeof node === 'object' && node !== null)
      for (const [key, value] of Object.entries(node)) {
        if (named) names.add(key)
        walk(value, !named && key === 'properties')
      }
  }
  walk(jsonSchema(schema), false)
  return names
}

function canonical(node: Json, named = false, key = ''): Json {
  if (Array.isArray(node)) {
    const items = node.map((item) => canonical(item))
    return UNORDERED.has(key) ? items.map((item) => JSON.stringify(item)).sort() : items
  }
  if (typeof node !== 'object' || node === null) return node
  return Object.entries(node)
    .filter(([name]) => named || !SPOKEN.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, canonical(value, !named && BY_NAME.has(name), named ? '' : name)])
}
