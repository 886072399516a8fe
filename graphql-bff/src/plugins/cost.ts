import { ProblemError } from '@harbor/shared-runtime/problems'
import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql'
import { MAX_COST } from '../schema/limits.ts'
import { rootFields } from '../writes/root-fields.ts'

type Params = { operationName?: string | undefined; variables?: Record<string, unknown> | null | undefined }

/**
 * Counts what an operation would cost with these variables.
 * @throws {ProblemError} `QUERY_TOO_COMPLEX` above `MAX_COST` rows; `INVALID_REQUEST` for variables that are
 * not of their type and arguments out of bounds
 */
export function assertAffordable(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables: given }: Params,
): void {
  const variables = given ?? {}
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new ProblemError('INVALID_REQUEST', 'There is no such operation in the document.')
  // Only the operation that will run: the count would take the first one, whichever is asked for.
  const definitions = document.definitions.filter(
    (definition) => definition === operation || definition.kind !== Kind.OPERATION_DEFINITION,
  )
  assertOneWrite(document, operation)
  assertConditions(definitions, variables)
  const { complexity } = count({ ...document, definitions }, schema, variables)
  if (complexity > MAX_COST)
    throw new ProblemError(
      'QUERY_TOO_COMPLEX',
      `It asks for ${complexity} rows; at most ${MAX_COST} are allowed.`,
    )
}

/** Fifty writes in one operation would be one request to the rate limits, and one answer for fifty outcomes. */
function assertOneWrite(document: DocumentNode, operation: OperationDefinitionNode): void {
  if (operation.operation === OperationTypeNode.MUTATION && rootFields(document, operation).length > 1)
    throw new ProblemError(
      'INVALID_REQUEST',
      'A mutation has one field at its top: send one operation a write.',
    )
}

/** The engine fails at a condition that is `null` in the middle of the answer, as if the fault were ours. */
function assertConditions(
  definitions: DocumentNode['definitions'],
  variables: Record<string, unknown>,
): void {
  if (!Object.values(variables).includes(null)) return
  visit(
    { kind: Kind.DOCUMENT, definitions },
    {
      Directive({ arguments: given = [] }) {
        for (const { value } of given)
          if (value.kind === Kind.VARIABLE && variables[value.name.value] === null)
            throw new ProblemError('INVALID_REQUEST', notOfItsType(value.name.value))
      },
    },
  )
}

const notOfItsType = (variable: string) => `The variable "${variable}" is missing or not of its type.`

function count(document: DocumentNode, schema: GraphQLSchema, variables: Record<string, unknown>) {
  try {
    return complexityFromQuery(document, { schema, variables })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    // Not its own words: they repeat what was sent, and hint at the schema.
    const [, name] = /^Variable "\$(\w+)"/.exec(error.message) ?? []
    throw new ProblemError('INVALID_REQUEST', name ? notOfItsType(name) : 'An argument is not of its type.', {
      cause: error,
    })
  }
}
