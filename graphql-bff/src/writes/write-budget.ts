import { type DocumentNode, type GraphQLSchema, getOperationAST, OperationTypeNode } from 'graphql'
import { rootFields } from './root-fields.ts'

/** The milliseconds in which the write of an operation is to be answered; `undefined` for an operation that reads. */
export function writeBudgetOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): number | undefined {
  const operation = getOperationAST(document, operationName)
  if (operation?.operation !== OperationTypeNode.MUTATION) return undefined
  const fields = schema.getMutationType()?.getFields() ?? {}
  const [name] = rootFields(document, operation)
  const budgetMs = new Map(Object.entries(fields)).get(name ?? '')?.extensions.budgetMs
  return typeof budgetMs === 'number' ? budgetMs : undefined
}
