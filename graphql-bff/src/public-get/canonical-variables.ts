import { isDeepStrictEqual } from 'node:util'
import { ProblemError } from '@harbor/shared-runtime/problems'
import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql'

export type CanonicalVariables = {
  /** What the operation is executed with: of their types, in the order of the operation, without unknown ones. */
  readonly values: Readonly<Record<string, unknown>>
  /** The same as the canonical URL writes them: without defaults and without `null`; `undefined` where none is left. */
  readonly inUrl: string | undefined
}

/**
 * The one spelling of the variables of an operation, whatever spelling they are given in.
 * @param given the parameter `variables` of a URL
 * @throws {ProblemError} `INVALID_REQUEST`
 */
export function canonicalVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  given: string | undefined,
): CanonicalVariables {
  const { variableDefinitions = [] } = getOperationAST(document) ?? ({} as Partial<OperationDefinitionNode>)
  const asked = given === undefined ? {} : parsed(given)
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, asked, { maxErrors: 1 })
  if (errors) throw new ProblemError('INVALID_REQUEST', `variables (query): ${names(variableDefinitions)}`)
  const values: Record<string, unknown> = {}
  const inUrl: Record<string, unknown> = {}
  for (const { variable, defaultValue } of variableDefinitions) {
    const name = variable.name.value
    const value = coerced[name]
    if (!Object.hasOwn(coerced, name)) continue
    values[name] = value
    const preset = defaultValue && valueFromASTUntyped(defaultValue)
    if (value !== null && !isDeepStrictEqual(value, preset)) inUrl[name] = value
  }
  return { values, inUrl: Object.keys(inUrl).length === 0 ? undefined : JSON.stringify(inUrl) }
}

const names = (definitions: readonly { variable: { name: { value: string } } }[]): string =>
  `given is not what the operation takes. Allowed: ${definitions.map(({ variable }) => variable.name.value).join(', ') || 'none'}, each of its type.`

function parsed(text: string): { [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {}
  throw new ProblemError(
    'INVALID_REQUEST',
    'variables (query): given is no JSON object. Allowed: one JSON object.',
  )
}
