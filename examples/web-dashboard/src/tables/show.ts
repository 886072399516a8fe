import { words } from '../ui/words.ts'

/** What a table holds; `null` is a value that the graph could not tell, or that there is none of. */
export type Value = string | number | boolean | null | undefined

export type Kind = 'text' | 'number' | 'money' | 'percent' | 'instant' | 'word' | 'flag'

const instants = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** ISO 8601, as the user reads it. */
export const instant = (iso: string): string => {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : instants.format(at)
}

/** A value as a cell shows it; basis points as percent. */
export function show(kind: Kind, value: Value): string {
  if (value === null || value === undefined || value === '') return '–'
  if (kind === 'percent') return `${(Number(value) / 100).toLocaleString()} %`
  if (kind === 'instant') return instant(String(value))
  if (kind === 'word') return words(String(value))
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  return typeof value === 'number' ? value.toLocaleString() : value
}

/** Kinds whose digits stand below each other. */
export const isNumeric = (kind: Kind): boolean => kind === 'number' || kind === 'money' || kind === 'percent'
