import { type DocumentNode, type GraphQLSchema, Kind, parse, validate } from 'graphql'
import manifest from './operations.gen.json' with { type: 'json' }

/** An operation of the dashboard's code: the only documents that are executed in production. */
type PersistedOperation = { readonly name: string; readonly document: DocumentNode }

/** By the sha256 of the document, in hex. */
export type PersistedOperations = ReadonlyMap<string, PersistedOperation>

/**
 * Parses and validates every persisted operation, so that no request has to.
 * @throws when one does not fit the schema: the manifest is not current, and the process is not to start
 */
export function loadOperations(
  schema: GraphQLSchema,
  documents: Readonly<Record<string, string>> = manifest,
): PersistedOperations {
  return new Map(Object.entries(documents).map(([hash, source]) => [hash, compile(schema, source)]))
}

/** What a dashboard needs to call the operations: `{ ProductPage: "<sha256>", … }`. */
export const hashesByName = (operations: PersistedOperations): Record<string, string> =>
  Object.fromEntries([...operations].map(([hash, { name }]) => [name, hash]))

function compile(schema: GraphQLSchema, source: string): PersistedOperation {
  const document = parse(source, { noLocation: true })
  const [operation, ...others] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  const name = operation?.kind === Kind.OPERATION_DEFINITION ? operation.name?.value : undefined
  if (!name || others.length > 0) throw new Error('a persisted document holds one named operation')
  const [error] = validate(schema, document)
  if (error) throw new Error(`the persisted operation ${name} does not fit the schema: ${error.message}`)
  return { name, document }
}
