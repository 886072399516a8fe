const COLUMNS = 5
const WIDTH = 10

export type Facing = { readonly sku: string; readonly inStock: boolean | undefined }

/** The shelf as text: what a shopper would see on its labels. What is not known is shown so. */
export function drawShelf(title: string, facings: readonly Facing[]): string {
  const rows: Facing[][] = []
  for (let at = 0; at < facings.length; at += COLUMNS) rows.push(facings.slice(at, at + COLUMNS))
  const columns = Math.min(COLUMNS, facings.length)
  const edge = (left: string, middle: string, right: string) =>
    left + Array.from({ length: columns }, () => '─'.repeat(WIDTH)).join(middle) + right
  const line = (row: readonly Facing[], text: (facing: Facing) => string) =>
    `│${Array.from({ length: columns }, (_, at) => centred(row[at] ? text(row[at]) : '')).join('│')}│`
  const shelf = rows.flatMap((row, index) => [
    index === 0 ? edge('┌', '┬', '┐') : edge('├', '┼', '┤'),
    line(row, ({ sku }) => sku),
    line(row, ({ inStock }) => (inStock === undefined ? '?' : inStock ? '● here' : '○ sold out')),
  ])
  return [title, ...shelf, edge('└', '┴', '┘')].join('\n')
}

const centred = (text: string): string => {
  const before = Math.floor((WIDTH - text.length) / 2)
  return ' '.repeat(Math.max(0, before)) + text.padEnd(WIDTH - before)
}
