import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'

type Step = GraphQLField<unknown, unknown> & { readonly of: GraphQLObjectType }

/** A field of the graph with the way to it from a root: `[Query.viewer, Viewer.cart, Cart.lines]`. */
export type FieldPath = {
  readonly name: string
  readonly type: GraphQLObjectType
  readonly field: GraphQLField<unknown, unknown>
  readonly path: readonly Step[]
}

/**
 * Every field that can be read or written, each by a shortest way: a new field is in every test that is made of this
 * list. What can be read is not looked for below a write again.
 */
export function fieldPaths(schema: GraphQLSchema): FieldPath[] {
  const roots = [schema.getQueryType(), schema.getMutationType()].filter((root) => root != null)
  const seen = new Set<GraphQLNamedType>(roots)
  return roots.flatMap((root) => pathsBelow(root, seen))
}

function pathsBelow(root: GraphQLObjectType, seen: Set<GraphQLNamedType>): FieldPath[] {
  const found: FieldPath[] = []
  let next: { type: GraphQLObjectType; path: FieldPath['path'] }[] = [{ type: root, path: [] }]
  while (next.length > 0) {
    const following: typeof next = []
    for (const { type, path } of next)
      for (const field of Object.values(type.getFields())) {
        const way = [...path, { ...field, of: type }]
        found.push({ name: `${type.name}.${field.name}`, type, field, path: way })
        for (const target of objectsOf(getNamedType(field.type))) {
          if (seen.has(target)) continue
          seen.add(target)
          following.push({ type: target, path: way })
        }
      }
    next = following
  }
  return found
}

const objectsOf = (type: GraphQLNamedType): readonly GraphQLObjectType[] =>
  isUnionType(type) ? type.getTypes() : isObjectType(type) ? [type] : []

/** Whether a field is a list, however it may be wrapped. */
export const isList = ({ type }: GraphQLField<unknown, unknown>): boolean =>
  isListType(isNonNullType(type) ? type.ofType : type)

type Size = {
  /** Rows that the last field on the way with a size is asked for; all others: one. */
  rows: number
  /** How deep the selection below the field is; with 0 an object shows its type alone. */
  depth: number
}

/** An operation with one field by its way from the root, with everything below it down to a depth. */
export function operationTo({ path }: FieldPath, { rows, depth }: Size): string {
  const sized = path.findLastIndex(({ args }) => args.some(({ name }) => name === 'first' || name === 'ids'))
  const below = selection(path.at(-1), depth, new Set())
  const body = path.reduceRight((inner, field, index) => {
    const asked = `${call(field, index === sized ? rows : 1)} ${inner}`
    const above = path[index - 1]
    const inUnion = above !== undefined && isUnionType(getNamedType(above.type))
    return inUnion ? `{ ... on ${field.of.name} { ${asked} } }` : `{ ${asked} }`
  }, below)
  return path[0]?.of.name === 'Mutation' ? `mutation ${body}` : body
}

/** What sits below a field: scalars, and objects that are not on the way already. */
function selection(
  field: GraphQLField<unknown, unknown> | undefined,
  depth: number,
  above: ReadonlySet<GraphQLNamedType>,
): string {
  const type = field && getNamedType(field.type)
  if (isUnionType(type)) return '{ __typename }'
  if (!isObjectType(type)) return ''
  if (depth === 0) return '{ __typename }'
  const inside = Object.values(type.getFields()).flatMap((child) => {
    const target = getNamedType(child.type)
    if (above.has(target)) return []
    return [`${call(child, 1)} ${selection(child, depth - 1, new Set([...above, type]))}`]
  })
  return `{ __typename ${inside.join(' ')} }`
}

const call = ({ name: field, args }: GraphQLField<unknown, unknown>, rows: number): string => {
  const given = args.flatMap(({ name, type, defaultValue }) =>
    name === 'first'
      ? [`first: ${rows}`]
      : isNonNullType(type) && defaultValue === undefined
        ? [`${name}: ${example(field, name, rows)}`]
        : [],
  )
  return given.length === 0 ? field : `${field}(${given.join(', ')})`
}

/** A value that the fake upstreams know, for each required argument of the graph. */
const VALUES = new Map<string, string>([
  ['id', '"p1001"'],
  ['customer.id', '"c1001"'],
  ['number', '"HC-2026-1"'],
  ['store', '"ber"'],
  ['words', '"rope"'],
  ['addToCart.input', `{ idempotencyKey: "${'k'.repeat(16)}", sku: "HB-1001" }`],
  [
    'adjustStock.input',
    `{ idempotencyKey: "${'k'.repeat(16)}", sku: "HB-1001", warehouse: BERLIN, available: 5 }`,
  ],
  ['changeCartLine.input', '{ sku: "HB-3000", quantity: 2 }'],
  ['removeCartLine.input', '{ sku: "HB-3000" }'],
  [
    'checkout.input',
    `{ idempotencyKey: "${'k'.repeat(16)}", cartVersion: 1, total: { amount: 500, currency: "EUR" }, paymentMethod: "card" }`,
  ],
  [
    'setNotificationPreferences.input',
    '{ channels: { email: true, push: false, sms: false }, topics: { orders: true, offers: false, stock: true } }',
  ],
  ['markNotificationsRead.input', '{ ids: ["n1"] }'],
])

function example(field: string, name: string, rows: number): string {
  if (name === 'ids') return JSON.stringify(Array.from({ length: rows }, (_, index) => `p${1_001 + index}`))
  const value = VALUES.get(`${field}.${name}`) ?? VALUES.get(name)
  if (value === undefined) throw new TypeError(`operation-to.ts has no value for the argument ${name}`)
  return value
}
