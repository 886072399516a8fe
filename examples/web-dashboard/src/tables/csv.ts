import type { Value } from './show.ts'

/** What a spreadsheet takes for the beginning of a formula, which could call out or run a program. */
const FORMULA = /^[=+\-@\t\r\n]/

/**
 * Rows as CSV (RFC 4180), the names of the columns first. A text that a spreadsheet would take for a formula is
 * preceded by an apostrophe, which shows it as text; numbers stay numbers.
 */
export const csvOf = (names: readonly string[], rows: readonly (readonly Value[])[]): string =>
  [names, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')

function cell(value: Value): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const text = FORMULA.test(value.trimStart()) || FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Hands a file to the browser, as if it had been downloaded. */
export function save(name: string, csv: string): void {
  // A byte order mark: else a spreadsheet reads the file in the encoding of its country.
  const url = URL.createObjectURL(new Blob([`\uFEFF${csv}`], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1_000)
}
