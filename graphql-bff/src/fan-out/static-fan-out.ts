import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql'
import { callsOf } from '../builder/field-options.ts'
import { keysOf, mostRows, ONE_ROW, type RowCount, rowsOf } from './rows.ts'
import { fragmentsOf, type SelectedField, selectedOf } from './selections.ts'
import { type FanOut, howMade, MAX_KEYS, type UpstreamCall } from './upstream-call.ts'

/** Objects of one type at one place of an answer, and what is selected of them. */
type Part = {
  readonly type: GraphQLObjectType
  readonly sets: readonly SelectionSetNode[]
  readonly rows: RowCount
}
type Asking = { readonly selected: SelectedField; readonly rows: RowCount }

/**
 * The upstream calls that an operation makes, at most, whatever its variables and the answers are: known before it
 * runs, from what the fields say that they ask.
 *
 * Objects that become known in the same turn have their fields resolved in the same turn. What those fields ask of one
 * loader is one call, and resolves together (loaders/in-turns.ts); so a turn makes one call of each kind for each
 * hundred keys, and the next turn begins below it. Fields without a loader are a call for each object.
 *
 * @param document validated
 * @param operationName which operation of the document, if it holds several
 */
export function staticFanOut(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string | null,
): FanOut {
  const calls = new Map<UpstreamCall, number>()
  const add = (call: UpstreamCall, count: number) => calls.set(call, (calls.get(call) ?? 0) + count)
  const fragments = fragmentsOf(document)

  /** The parts below a field: one for each type that its objects may have. */
  const below = ({ selected, rows }: Asking): Part[] => {
    const type = getNamedType(selected.field.type)
    const types = isObjectType(type) ? [type] : isAbstractType(type) ? schema.getPossibleTypes(type) : []
    return types.map((type) => ({ type, sets: selected.below, rows: rowsOf(selected, rows) }))
  }

  /** @param times how often such a turn may come */
  function turn(parts: readonly Part[], times: number): void {
    const loaded = new Map<UpstreamCall, Asking[]>()
    const reached = [...parts]
    for (const { type, sets, rows } of reached) {
      const { fields, deferred } = selectedOf(schema, fragments, type, sets)
      for (const set of deferred) turn([{ type, sets: [set], rows: ONE_ROW }], times * mostRows(rows))
      for (const selected of fields) {
        const [call, ...more] = callsOf(selected.field)
        const asking = { selected, rows }
        if (call === undefined) reached.push(...below(asking))
        else if (more.length > 0 || howMade(call) === 'each') alone(asking, times)
        else loaded.set(call, [...(loaded.get(call) ?? []), asking])
      }
    }
    for (const [call, asking] of loaded) {
      add(call, times * batches(call, asking))
      turn(asking.flatMap(below), times)
    }
  }

  /** A field that makes its own calls, for each object by itself. */
  function alone(asking: Asking, times: number): void {
    const objects = times * mostRows(asking.rows)
    const one = { ...asking, rows: ONE_ROW }
    for (const call of callsOf(asking.selected.field))
      add(call, objects * (howMade(call) === 'each' ? 1 : batches(call, [one])))
    turn(below(one), objects)
  }

  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return calls
  const whole = { type: root, sets: [operation.selectionSet], rows: ONE_ROW }
  if (operation.operation === 'query') turn([whole], 1)
  // One after the other, so each in turns of its own.
  else
    for (const selected of selectedOf(schema, fragments, root, whole.sets).fields)
      alone({ selected, rows: ONE_ROW }, 1)
  return calls
}

/** Calls that a loader makes in one turn. */
function batches(call: UpstreamCall, asking: readonly Asking[]): number {
  if (howMade(call) === 'of the viewer') return 1
  const keys = asking.reduce((sum, { selected, rows }) => sum + mostRows(rows) * keysOf(selected), 0)
  return Math.ceil(keys / MAX_KEYS)
}
