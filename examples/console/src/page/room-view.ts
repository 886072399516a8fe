import { el } from '@harbor/example-mobile-app/elements'
import type { Snapshot } from '../room/room-part.ts'
import type { View } from './app.ts'
import { createChart } from './chart.ts'
import { faultsPanel } from './faults.ts'
import { mapOf } from './map.ts'
import { stateTable } from './state-table.ts'

const KEPT = 450

/** The services and BFFs as they are now, and over the last fifteen minutes. */
export const showRoom: View = {
  title: 'Control room',
  show(into) {
    const connection = el('p', { className: 'connection', role: 'status' }, 'Connecting …')
    const map = el('div', { className: 'map-place' })
    const tables = el('div', { className: 'tables' })
    const requests = el('figure', { className: 'chart' }, el('figcaption', {}, 'Requests a second'))
    const durations = el('figure', { className: 'chart' }, el('figcaption', {}, 'p95 of requests'))
    const faults = faultsPanel()
    into.append(
      el('h1', {}, 'Control room'),
      el(
        'p',
        { className: 'lead' },
        'Every BFF and what it calls, over the last ten seconds. Break a service, and see what each answer loses.',
      ),
      connection,
      map,
      el('section', {}, el('h2', {}, 'Faults'), faults.element),
      el('section', { className: 'charts' }, requests, durations),
      el('section', {}, el('h2', {}, 'Processes and upstreams'), tables),
    )

    const snapshots: Snapshot[] = []
    let charts: ReturnType<typeof createChart>[] = []
    const source = new EventSource('/api/room')
    source.addEventListener('open', () => (connection.textContent = 'Live: a reading every two seconds.'))
    source.addEventListener(
      'error',
      () => (connection.textContent = 'The console is away; connecting again …'),
    )
    source.addEventListener('history', ({ data }) => {
      snapshots.splice(0, snapshots.length, ...(JSON.parse(data) as Snapshot[]))
      draw()
    })
    source.addEventListener('snapshot', ({ data }) => {
      snapshots.push(JSON.parse(data) as Snapshot)
      if (snapshots.length > KEPT) snapshots.shift()
      draw()
    })
    return () => {
      source.close()
      for (const chart of charts) chart.destroy()
    }

    function draw(): void {
      const newest = snapshots.at(-1)
      if (newest === undefined) return
      const names = newest.processes.map(({ name }) => name)
      if (charts.length === 0)
        charts = [createChart(requests, '/s', names), createChart(durations, 'ms', names)]
      const seconds = snapshots.map(({ at }) => at / 1000)
      const series = (figure: (state: Snapshot['processes'][number]) => number | undefined) =>
        names.map((label, n) => ({
          label,
          values: snapshots.map(({ processes }) => {
            const state = processes[n]
            return state && figure(state)
          }),
        }))
      charts[0]?.set(
        seconds,
        series(({ rate, up }) => (up ? rate : undefined)),
      )
      charts[1]?.set(
        seconds,
        series(({ p95Ms }) => p95Ms),
      )
      map.replaceChildren(mapOf(newest.processes))
      tables.replaceChildren(...newest.processes.map(stateTable))
    }
  },
}
