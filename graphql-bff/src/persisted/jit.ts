import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLField,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  isNonNullType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'
import { callsOf } from '../builder/field-options.ts'
import { fragmentsOf, selectedOf } from '../fan-out/selections.ts'

/** Executes one operation by code that was made for it. */
export type Compiled = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>

/**
 * Compiles an operation to code that does what plain execution does. `undefined` where it would not: writes run one
 * after the other, streams and `@defer` have several results, and a critical source that fails must end the answer at
 * once, while compiled code waits for the other sources first (`fits`).
 */
export function compiled(schema: GraphQLSchema, document: DocumentNode): Compiled | undefined {
  const operation = getOperationAST(document)
  if (operation?.operation !== 'query' || !fits(schema, document)) return undefined
  const code = compileQuery(schema, document, operation.name?.value, { disablingCapturingStackErrors: true })
  if (!isCompiledQuery(code)) return undefined
  const { variableDefinitions = [] } = operation
  return ({ rootValue, contextValue, variableValues }) => {
    // Its own check has other messages, and refuses what has a default and no value: a variable, or a field of an input.
    // It checks again what has been coerced, which changes nothing: the values of our enums are their names.
    const { errors, coerced } = getVariableValues(schema, variableDefinitions, variableValues ?? {}, {
      maxErrors: 50,
    })
    return errors ? { errors } : code.query(rootValue, contextValue, coerced)
  }
}

/** Below the root, a type and its critical fields are for the same role. */
const isGuarded = ({ extensions: { access } }: GraphQLField<unknown, unknown>) => access !== 'public'

/**
 * No directives, because conditions of a field that is selected twice are mixed up. No critical field that may fail by
 * itself, by its source or because of who asks, unless it is the only field of the root: then there is nothing else to
 * wait for. No variable that may be `null` where nothing may be, which compiled code does not notice.
 */
function fits(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema)
  const nullable = new Set(
    getOperationAST(document)
      ?.variableDefinitions?.filter(({ type }) => type.kind !== Kind.NON_NULL_TYPE)
      .map(({ variable }) => variable.name.value),
  )
  const isAlone = rootFields(schema, document) === 1
  let fit = true
  visit(
    document,
    visitWithTypeInfo(types, {
      Directive() {
        fit = false
      },
      Variable({ name }, _, parent) {
        const isUse = !(parent && 'kind' in parent && parent.kind === Kind.VARIABLE_DEFINITION)
        if (isUse && isNonNullType(types.getInputType()) && nullable.has(name.value)) fit = false
      },
      Field() {
        const field = types.getFieldDef()
        const isRoot = types.getParentType() === schema.getQueryType()
        if (!field || !isNonNullType(field.type) || (isRoot && isAlone)) return
        if (callsOf(field).length > 0 || (isRoot && isGuarded(field))) fit = false
      },
    }),
  )
  return fit
}

/** Fields of the root, those of fragments among them. */
function rootFields(schema: GraphQLSchema, document: DocumentNode): number {
  const root = schema.getQueryType()
  const operation = getOperationAST(document)
  if (!root || !operation) return 0
  return selectedOf(schema, fragmentsOf(document), root, [operation.selectionSet]).fields.length
}
