import {
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'

/** Values for the variables that an operation requires, as cheap as there are: one row of everything. */
export function cheapestVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): Record<string, unknown> {
  const required = variableDefinitions.filter(
    ({ type, defaultValue }) => type.kind === 'NonNullType' && !defaultValue,
  )
  return Object.fromEntries(
    required.map(({ variable, type: node }) => {
      const type = typeFromAST(schema, node)
      return [variable.name.value, isInputType(type) ? cheapest(type) : undefined]
    }),
  )
}

/** A `null` for a type of ours that is no built-in scalar: the documents of a manifest have no such variables yet. */
const SCALARS = new Map<string, unknown>([
  ['ID', '1'],
  ['String', '1'],
  ['Int', 1],
  ['SafeInt', 1],
  ['Float', 1],
  ['Boolean', false],
  ['DateTime', '2026-01-01T00:00:00.000Z'],
])

function cheapest(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return cheapest(type.ofType)
  if (isListType(type)) return [cheapest(type.ofType)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (!isInputObjectType(type)) return SCALARS.get(type.name)
  const required = Object.values(type.getFields()).filter(
    (field) => isNonNullType(field.type) && field.defaultValue === undefined,
  )
  return Object.fromEntries(required.map((field) => [field.name, cheapest(field.type)]))
}
