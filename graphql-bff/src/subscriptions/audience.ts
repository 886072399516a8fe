import { type DocumentNode, type GraphQLSchema, TypeInfo, visit, visitWithTypeInfo } from 'graphql'

/** Says of documents whether all that they select is public: then its state is the same for everybody. */
export function createAudience(schema: GraphQLSchema): (document: DocumentNode) => boolean {
  const known = new WeakMap<DocumentNode, boolean>()
  return (document) => {
    const found = known.get(document) ?? isPublic(schema, document)
    known.set(document, found)
    return found
  }
}

function isPublic(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema)
  let all = true
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        // `__typename` has no access of its own: it is as public as what it is asked of.
        if (name.value !== '__typename' && types.getFieldDef()?.extensions.access !== 'public') all = false
      },
    }),
  )
  return all
}
