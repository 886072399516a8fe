import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  getOperationAST,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql'
import { callsOf } from '../../src/builder/field-options.ts'
import { fragmentsOf, selectedOf } from '../../src/fan-out/selections.ts'
import { schema } from '../../src/schema/index.ts'

/** An answer that an operation promises: `data` is `null` when a critical part failed. */
export type Promised = { readonly data: unknown; readonly errors: readonly string[] }

/** What goes wrong: a whole upstream, or each enum of its rows. */
type Trouble = 'no answer' | 'unknown enum'

/** A critical field failed: the object that it is a field of is `null`, or the one above it. */
const FAILED = Symbol('failed')

/**
 * What the schema promises of an operation when one upstream is in trouble: the whole answer, in which each field that
 * asks this upstream is `null` and an error, or, where it may not be `null`, what is around it. Computed from
 * nullability alone; nothing of it is how the BFF does it.
 */
export function promised(
  document: DocumentNode,
  whole: unknown,
  upstream: string,
  trouble: Trouble,
): Promised {
  const fragments = fragmentsOf(document)
  const errors: string[] = []
  const fail = (path: string) => {
    errors.push(path)
    return FAILED
  }

  /** @param origin the upstream that the object came from */
  function object(
    type: GraphQLObjectType,
    sets: readonly SelectionSetNode[],
    value: object,
    origin: string,
    path: string,
  ) {
    const fields: Record<string, unknown> = {}
    let failed = false
    for (const { field, node, below } of selectedOf(schema, fragments, type, sets).fields) {
      const name = node.alias?.value ?? node.name.value
      const at = path === '' ? name : `${path}.${name}`
      const asked = callsOf(field).map((call) => call.split('.', 1).join())
      const given: unknown = Reflect.get(value, name)
      const shown =
        trouble === 'no answer' && asked.includes(upstream)
          ? nullable(field.type, fail(at))
          : completed(field.type, below, given, asked.at(-1) ?? origin, at)
      if (shown === FAILED) failed = true
      else fields[name] = shown
    }
    return failed ? FAILED : fields
  }

  function completed(
    type: GraphQLOutputType,
    below: readonly SelectionSetNode[],
    value: unknown,
    origin: string,
    path: string,
  ): unknown {
    if (value === null || value === undefined) return value
    const inner = getNullableType(type)
    if (isListType(inner) && Array.isArray(value)) {
      const items = value.map((item, index) =>
        completed(inner.ofType, below, item, origin, `${path}.${index}`),
      )
      return nullable(type, items.includes(FAILED) ? FAILED : items)
    }
    const named = getNamedType(inner)
    if (isObjectType(named) && typeof value === 'object')
      return nullable(type, object(named, below, value, origin, path))
    return trouble === 'unknown enum' && isEnumType(named) && origin === upstream
      ? nullable(type, fail(path))
      : value
  }

  const operation = getOperationAST(document)
  const root = schema.getQueryType()
  if (!operation || !root || typeof whole !== 'object' || whole === null)
    throw new TypeError('no answer to a query')
  const data = object(root, [operation.selectionSet], whole, '', '')
  return { data: data === FAILED ? null : data, errors: errors.toSorted() }
}

const nullable = (type: GraphQLOutputType, value: unknown) =>
  value === FAILED && !isNonNullType(type) ? null : value
