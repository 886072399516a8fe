import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql'

/** A field of an answer: every selection of it under one name. */
export type SelectedField = {
  readonly field: GraphQLField<unknown, unknown>
  /** They have the same arguments, which validation has checked. */
  readonly node: FieldNode
  readonly below: readonly SelectionSetNode[]
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** The fragments of a document by name. */
export const fragmentsOf = ({ definitions }: DocumentNode): Fragments =>
  new Map(
    definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]),
  )

export type Selected = {
  readonly fields: readonly SelectedField[]
  /** Fragments that are answered later by themselves: `@defer`. */
  readonly deferred: readonly SelectionSetNode[]
}

/**
 * The fields that an object of this type answers, fragments spread and equal names merged as the executor does it.
 * Conditions (`@skip`, `@include`) are taken as met.
 */
export function selectedOf(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): Selected {
  const merged = new Map<string, { node: FieldNode; below: SelectionSetNode[] }>()
  const deferred: SelectionSetNode[] = []
  const all = [...sets]
  for (const { selections } of all)
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value
        const one = merged.get(name) ?? { node: selection, below: [] }
        if (selection.selectionSet) one.below.push(selection.selectionSet)
        merged.set(name, one)
        continue
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      if (!fragment || !applies(schema, type, fragment.typeCondition?.name.value)) continue
      const isDeferred = selection.directives?.some(({ name }) => name.value === 'defer')
      const target = isDeferred ? deferred : all
      target.push(fragment.selectionSet)
    }
  const known = type.getFields()
  const fields = [...merged.values()].flatMap(({ node, below }) => {
    const field = known[node.name.value] // none: `__typename`
    return field ? [{ field, node, below }] : []
  })
  return { fields, deferred }
}

function applies(schema: GraphQLSchema, type: GraphQLObjectType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true
  const other = schema.getType(condition)
  return isAbstractType(other) && schema.isSubType(other, type)
}
