import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

/** Cells as a spreadsheet reads them (RFC 4180). */
function cellsOf(csv: string): string[][] {
  const rows: string[][] = []
  for (const [, , quoted, plain, end] of csv.matchAll(/("((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    const row = rows.at(-1) ?? []
    if (rows.length === 0) rows.push(row)
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

test('property: every text comes back as it was, but for the apostrophe before what would be a formula', () => {
  const begin = fc.constantFrom('=', '+', '-', '@', '\t', '\r', ' =', '"', ',', '')
  const text = fc.tuple(begin, fc.string()).map(([first, rest]) => first + rest)
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 2 })), (rows) => {
      const [, ...read] = cellsOf(csvOf(['a', 'b'], rows))
      expect(read.map((row) => row.map((value) => value.replace(/^'(?=\s*[=+\-@\t\r\n])/, '')))).toEqual(
        rows.map((row) => row.map((value) => value.replace(/^'(?=\s*[=+\-@\t\r\n])/, ''))),
      )
      for (const value of read.flat()) expect(value).not.toMatch(/^\s*[=+\-@]|^[\t\r\n]/)
    }),
  )
})

test('numbers stay numbers, what is not known is empty', () => {
  expect(csvOf(['SKU', 'Count', 'Sold', 'Score'], [['HB-1', -5, true, null]])).toBe(
    'SKU,Count,Sold,Score\r\nHB-1,-5,true,\r\n',
  )
})
