import { random } from '@harbor/shared-testing/seed'
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql'
import { schema } from '../src/schema/index.ts'

const MAX_DEPTH = 6

/** A value for an argument or an input field by its name; what is not listed gets one by its type. */
const VALUES = new Map<string, () => Value>([
  ['id', () => constant(oneOf(['p1001', 'p1002', 'c1001', 'unknown']))],
  [
    'ids',
    () =>
      listOf(
        Array.from({ length: 1 + below(4) }, () => constant(oneOf(['p1001', 'p1002', 'p1003', 'unknown']))),
      ),
  ],
  ['first', () => constant(1 + below(20))],
])

/**
 * The text of a query that fits the schema, drawn from the seed of the test: nested fields, aliases, fragments of both
 * kinds, `@skip` and `@include`, arguments with and without variables.
 */
export function anyQuery(name: string): { text: string; variables: Record<string, unknown> } {
  const fragments: string[] = []
  const variables = new Map<string, { type: string; value: unknown }>()
  let names = 0

  const fieldOf = (field: GraphQLField<unknown, unknown>, depth: number): string => {
    const type = getNamedType(field.type)
    // Another alias each time: two fields of one name must have the same arguments.
    const alias = field.args.length > 0 || chance(0.1) ? `a${names++}:` : ''
    const args = field.args.flatMap((arg) => (isRequired(arg) || chance(0.6) ? [argument(arg)] : []))
    const given = args.length > 0 ? `(${args.join(',')})` : ''
    const directive = chance(0.05) ? `@${oneOf(['skip', 'include'])}(if:${flag()})` : ''
    return `${alias}${field.name}${given}${directive}${isCompositeType(type) ? selection(type, depth - 1) : ''}`
  }
  const argument = (arg: GraphQLArgument): string => {
    const { text, json } = exampleOf(arg.name, arg.type)
    if (!chance(0.4)) return `${arg.name}:${text}`
    const variable = `v${names++}`
    variables.set(variable, { type: String(arg.type), value: json })
    return `${arg.name}:$${variable}`
  }
  const flag = (): string => {
    if (chance(0.5)) return String(chance(0.5))
    const variable = `v${names++}`
    variables.set(variable, { type: 'Boolean!', value: chance(0.5) })
    return `$${variable}`
  }
  const selection = (type: GraphQLNamedType, depth: number): string => {
    if (isUnionType(type))
      return `{__typename ${type
        .getTypes()
        .map((one) => `...on ${one.name}${selection(one, depth)}`)
        .join(' ')}}`
    if (!isObjectType(type)) throw new TypeError(`no selection of ${type.name}`)
    return `{${some(4, () => part(type, depth))}}`
  }
  const part = (type: GraphQLObjectType, depth: number): string => {
    const fields = Object.values(type.getFields()).filter(
      (field) => depth > 0 || !isCompositeType(getNamedType(field.type)),
    )
    if (fields.length === 0 || chance(0.05)) return '__typename'
    const text = fieldOf(oneOf(fields), depth)
    if (chance(0.1)) return `...on ${type.name}{${text}}`
    if (!chance(0.1)) return text
    const fragment = `F${names++}`
    fragments.push(`fragment ${fragment} on ${type.name}{${text}}`)
    return `...${fragment}`
  }

  const root = schema.getQueryType()
  if (!root) throw new TypeError('the schema has no queries')
  const body = selection(root, MAX_DEPTH)
  const declared = [...variables].map(([variable, { type }]) => `$${variable}:${type}`).join(',')
  return {
    text: `query ${name}${declared && `(${declared})`}${body}${fragments.join(' ')}`,
    variables: Object.fromEntries([...variables].map(([variable, { value }]) => [variable, value])),
  }
}

const below = (limit: number): number => Math.floor(random() * limit)
const chance = (share: number): boolean => random() < share
const some = (most: number, make: () => string): string =>
  Array.from({ length: 1 + below(most) }, make).join(' ')

function oneOf<T>(values: readonly T[]): T {
  const value = values[below(values.length)]
  if (value === undefined) throw new RangeError('nothing to choose from')
  return value
}

const isRequired = ({ type, defaultValue }: GraphQLArgument | GraphQLInputField) =>
  isNonNullType(type) && defaultValue === undefined

/** A value in the language, and as a variable holds it. */
type Value = { text: string; json: unknown }

const constant = (json: unknown): Value => ({ text: JSON.stringify(json), json })
const listOf = (values: readonly Value[]): Value => ({
  text: `[${values.map(({ text }) => text).join(' ')}]`,
  json: values.map(({ json }) => json),
})

function exampleOf(name: string, type: GraphQLInputType): Value {
  const named = VALUES.get(name)
  if (named) return named()
  const nullable = isNonNullType(type) ? type.ofType : type
  if (isListType(nullable)) return listOf([exampleOf('', nullable.ofType)])
  if (isInputObjectType(nullable)) return objectOf(nullable)
  if (isEnumType(nullable)) {
    const { name: word } = oneOf(nullable.getValues())
    return { text: word, json: word }
  }
  if (nullable.name === 'Int' || nullable.name === 'SafeInt') return constant(below(5))
  return constant(nullable.name === 'Boolean' ? true : oneOf(['rope', 'ber', 'x1']))
}

function objectOf(type: GraphQLInputObjectType): Value {
  const fields = Object.values(type.getFields())
    .filter((field) => isRequired(field) || chance(0.6))
    .map(({ name, type }) => ({ name, value: exampleOf(name, type) }))
  return {
    text: `{${fields.map(({ name, value }) => `${name}:${value.text}`).join(' ')}}`,
    json: Object.fromEntries(fields.map(({ name, value }) => [name, value.json])),
  }
}
