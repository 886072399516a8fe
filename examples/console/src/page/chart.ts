import 'uplot/dist/uPlot.min.css'
import uPlot from 'uplot'

type Series = { label: string; values: (number | undefined)[] }

const HEIGHT = 160
const COLOURS = ['--accent', '--warn', '--bad']

/** A chart over time that can be given more, and fits its place. */
export function createChart(into: HTMLElement, unit: string, labels: readonly string[]) {
  const style = getComputedStyle(document.documentElement)
  const axis = { stroke: () => style.getPropertyValue('--muted'), grid: { stroke: '#8884', width: 1 } }
  const chart = new uPlot(
    {
      width: into.clientWidth || 320,
      height: HEIGHT,
      legend: { live: false },
      cursor: { drag: { x: false, y: false } },
      scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
      axes: [axis, { ...axis, size: 68, values: (_, ticks) => ticks.map((tick) => `${tick} ${unit}`) }],
      series: [
        {},
        ...labels.map((label, n) => ({
          label,
          stroke: () => colour(COLOURS[n % COLOURS.length] ?? '--accent'),
          width: 2,
          points: { show: false },
        })),
      ],
    },
    [[], ...labels.map(() => [])],
    into,
  )
  const observer = new ResizeObserver(() => chart.setSize({ width: into.clientWidth, height: HEIGHT }))
  observer.observe(into)
  return {
    /** @param seconds since 1970, for each value */
    set(seconds: readonly number[], series: readonly Series[]): void {
      chart.setData([[...seconds], ...series.map(({ values }) => values.map((value) => value ?? null))])
    },
    destroy(): void {
      observer.disconnect()
      chart.destroy()
    },
  }
}

/** `light-dark()` is resolved by the browser only where it is used: a canvas needs the colour itself. */
function colour(variable: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${variable})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
