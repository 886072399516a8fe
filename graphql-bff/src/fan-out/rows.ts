import { getNullableType, isListType, Kind, type ValueNode } from 'graphql'
import { LONGEST_LIST, MAX_COST, type Size, USUAL_LIST_LENGTH } from '../schema/limits.ts'
import type { SelectedField } from './selections.ts'

/** How many objects there are at a place of an answer: at most, and as the cost of an operation counts them. */
export type RowCount = { readonly most: number; readonly counted: number }

export const ONE_ROW: RowCount = { most: 1, counted: 1 }

/** At most so many: what costs more than an operation may is refused before it runs. */
export const mostRows = ({ most, counted }: RowCount): number => Math.min(most, (MAX_COST * most) / counted)

/** The objects of a field, where there are so many that it is a field of. */
export function rowsOf(selected: SelectedField, { most, counted }: RowCount): RowCount {
  const size = sizeOf(selected)
  if (size !== undefined) return { most: most * size, counted: counted * size }
  const { type, extensions } = selected.field
  const isList = isListType(getNullableType(type))
  if (!isList || isCountedAbove(extensions.complexity)) return { most, counted }
  return { most: most * LONGEST_LIST, counted: counted * USUAL_LIST_LENGTH }
}

/** Keys that a field loads for one object: as many as it is given ids, otherwise the key of the object. */
export const keysOf = (selected: SelectedField): number => {
  const size = asSize(selected.field.extensions.complexity)
  return size?.sizedBy === 'ids' ? (sizeOf(selected) ?? 1) : 1
}

/** What its argument says, or at most may say; `undefined` where no argument chooses a length. */
function sizeOf({ field, node }: SelectedField): number | undefined {
  const size = asSize(field.extensions.complexity)
  if (!size) return undefined
  const given = node.arguments?.find(({ name }) => name.value === size.sizedBy)?.value
  const preset = field.args.find(({ name }) => name === size.sizedBy)?.defaultValue
  const length = given ? lengthOf(given) : typeof preset === 'number' ? preset : undefined
  return Math.min(length ?? size.most, size.most)
}

/** `undefined`: a variable decides. */
function lengthOf(value: ValueNode): number | undefined {
  if (value.kind === Kind.INT) return Number(value.value)
  return value.kind === Kind.LIST ? value.values.length : undefined
}

function asSize(complexity: unknown): Size | undefined {
  if (typeof complexity !== 'function') return undefined
  const { sizedBy, most } = complexity as Partial<Size>
  return sizedBy !== undefined && most !== undefined ? { sizedBy, most } : undefined
}

const isCountedAbove = (complexity: unknown): boolean =>
  typeof complexity === 'object' &&
  complexity !== null &&
  'multiplier' in complexity &&
  complexity.multiplier === 1
