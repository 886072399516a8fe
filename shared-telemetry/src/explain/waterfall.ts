import type { Explained } from './explained.ts'
import { type Html, html } from './html.ts'

const WIDTH = 900
const LABEL = 150
const ROW = 22
/** Shorter bars cannot be seen. */
const LEAST_WIDTH = 2

/** The calls of a request over time, as SVG, each by its upstream; the line is the end of its budget. */
export function waterfall({ ms, budgetMs = 0, calls, name }: Explained): Html {
  const end = Math.max(ms, budgetMs, ...calls.map((span) => span.startMs + span.ms), 1)
  const at = (instant: number) => LABEL + (Math.max(0, instant) / end) * (WIDTH - LABEL)
  const height = ROW * (calls.length + 1)
  const bar = (
    row: number,
    label: string,
    start: number,
    length: number,
    className: string,
    what = label,
  ) => {
    const width = Math.max(LEAST_WIDTH, at(start + length) - at(start))
    return html`<text x="0" y="${row * ROW + 15}">${label}</text><rect class="${className}" x="${Math.round(at(start))}" y="${row * ROW + 4}" width="${Math.round(width)}" height="${ROW - 8}"><title>${what}: ${length} ms</title></rect>
`
  }
  const budget =
    budgetMs > 0
      ? html`<line x1="${Math.round(at(budgetMs))}" x2="${Math.round(at(budgetMs))}" y1="0" y2="${height}"/>`
      : undefined
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="the calls of the request over ${Math.round(end)} ms">
${bar(0, name, 0, ms, 'request')}
${calls.map((span, index) => bar(index + 1, span.upstream, span.startMs, span.ms, span.fault ? 'failed' : span.how, `${span.upstream} ${span.endpoint}`))}
${budget}
</svg>`
}
