/** What an answer loses without an upstream: `null` fields, or all of it. */
export type Loss = { answer: string; upstream: string; critical: boolean; fields: string }

/**
 * The losses of each screen and operation, from the generated docs/degradation.md: a page that is made by breaking
 * each upstream in turn.
 * @throws when the page has another form
 */
export function lossesOf(markdown: string): Loss[] {
  const losses = markdown.split('\n').flatMap((line): Loss[] => {
    const cells = line.split('|').map((cell) => cell.trim())
    const [, answer = '', upstream = ''] = cells
    const withError = cells.find((cell) => /^(200, without|5\d\d )/.test(cell))
    if (withError === undefined || upstream.includes(',')) return []
    const fields = (cells.at(-2) ?? '').replaceAll('`', '')
    return [{ answer, upstream, critical: !withError.startsWith('200'), fields }]
  })
  if (losses.length === 0) throw new Error('docs/degradation.md: no row says what an answer loses')
  return losses
}
