import type { ProcessState } from '../room/state.ts'

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 900
const ROW = 34
const LEFT = 190
const RIGHT = 660

/**
 * BFFs to the left, upstreams to the right, and between them a line as thick as calls are frequent. The table below it
 * says the same in words, so it is hidden from who cannot see it.
 */
export function mapOf(processes: readonly ProcessState[]): SVGElement {
  const names = [...new Set(processes.flatMap(({ upstreams }) => upstreams.map(({ name }) => name)))]
  const height = Math.max(names.length, processes.length * 3) * ROW + 10
  const svg = node('svg', { viewBox: `0 0 ${WIDTH} ${height}`, class: 'map', 'aria-hidden': 'true' })
  const upstreamY = (name: string) => names.indexOf(name) * ROW + ROW / 2 + 5
  const processY = (index: number) => ((index + 0.5) * height) / processes.length
  for (const [index, { upstreams }] of processes.entries())
    for (const { name, rate, failures, breaker } of upstreams) {
      const [from, to] = [processY(index), upstreamY(name)]
      const middle = (LEFT + RIGHT) / 2
      svg.append(
        node('path', {
          d: `M ${LEFT} ${from} C ${middle} ${from}, ${middle} ${to}, ${RIGHT} ${to}`,
          class: `line ${breaker === 'closed' ? (failures > 0 ? 'failing' : rate > 0 ? 'busy' : 'idle') : 'open'}`,
          'stroke-width': String(Math.min(8, 1 + Math.log2(1 + rate))),
        }),
      )
    }
  for (const [index, { name, up, rate }] of processes.entries())
    svg.append(
      box(0, processY(index) - 26, LEFT, 52, up ? 'up' : 'down', name, up ? `${rate.toFixed(1)} /s` : 'away'),
    )
  for (const name of names) {
    const states = processes.flatMap(({ upstreams }) =>
      upstreams.filter((upstream) => upstream.name === name),
    )
    const isOpen = states.some(({ breaker }) => breaker !== 'closed')
    const failing = states.some(({ failures }) => failures > 0)
    const rate = states.reduce((sum, state) => sum + state.rate, 0)
    const tone = isOpen ? 'open' : failing ? 'failing' : 'up'
    svg.append(box(RIGHT, upstreamY(name) - 14, WIDTH - RIGHT, 28, tone, name, `${rate.toFixed(1)} /s`))
  }
  return svg
}

function box(
  x: number,
  y: number,
  width: number,
  height: number,
  tone: string,
  name: string,
  figure: string,
): SVGElement {
  const group = node('g', { class: `box ${tone}` })
  const middle = y + height / 2 + 5
  group.append(
    node('rect', { x: String(x), y: String(y), width: String(width), height: String(height), rx: '8' }),
    text(x + 12, middle, 'start', name),
    text(x + width - 12, middle, 'end', figure),
  )
  return group
}

function text(x: number, y: number, anchor: string, content: string): SVGElement {
  const element = node('text', { x: String(x), y: String(y), 'text-anchor': anchor })
  element.textContent = content
  return element
}

function node(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}
