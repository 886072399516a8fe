import { createHash } from 'node:crypto'
import { z } from 'zod'

/** Keywords that say something to a reader and nothing of the shape. */
const SPOKEN = new Set(['$schema', 'title', 'description', 'examples', 'deprecated'])
/** Keywords that hold fields by name: a field may be called `description`. */
const BY_NAME = new Set(['properties', '$defs', 'patternProperties'])
/** Keywords whose list has no order. */
const UNORDERED = new Set(['required', 'enum', 'anyOf', 'oneOf', 'allOf', 'type'])

type Json = unknown

const jsonSchema = (schema: z.ZodType): Json =>
  z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output', reused: 'inline' })

/**
 * 12 hex digits that are the same for the same shape, whatever the order of its fields, and others once a field
 * is added, removed, renamed, made optional or given another type. What JSON Schema cannot say (a transform, a
 * refinement) does not count.
 */
export const shapeHash = (schema: z.ZodType): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(jsonSchema(schema))))
    .digest('hex')
    .slice(0, 12)

/** Every field's name in a schema, at any depth. */
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
