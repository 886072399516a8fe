import { el } from '@harbor/example-mobile-app/elements'
import type { ProcessState, UpstreamState } from '../room/state.ts'

const COLUMNS: readonly [title: string, cell: (upstream: UpstreamState) => string][] = [
  ['calls /s', ({ rate }) => rate.toFixed(1)],
  ['p95', ({ p95Ms }) => ms(p95Ms)],
  ['failures /s', ({ failures }) => failures.toFixed(1)],
  ['breaker', ({ breaker }) => breaker],
  ['in flight', ({ inFlight }) => String(inFlight)],
  ['retries /s', ({ retries }) => retries.toFixed(1)],
  ['hedges /s', ({ hedges }) => hedges.toFixed(1)],
  ['skipped /s', ({ skipped }) => skipped.toFixed(1)],
]

const ms = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(0)} ms`)

/** A process in words and figures: its own, and a row for each upstream. */
export function stateTable(state: ProcessState): HTMLElement {
  const { name, up, rate, p95Ms, degraded, shed, cacheHits, upstreams } = state
  if (!up)
    return el(
      'article',
      { className: 'process' },
      el('h3', {}, name),
      el('p', { className: 'away' }, 'Its management port does not answer. What it serves may be away, too.'),
    )
  const hits = cacheHits === undefined ? '–' : `${Math.round(cacheHits * 100)} %`
  return el(
    'article',
    { className: 'process' },
    el('h3', {}, name),
    el(
      'p',
      { className: 'muted' },
      `${rate.toFixed(1)} requests a second, p95 ${ms(p95Ms)}, ${degraded.toFixed(1)} degraded and ${shed.toFixed(1)} shed a second, cache hits ${hits}`,
    ),
    upstreams.length === 0
      ? el('p', { className: 'muted' }, 'It calls nobody for a request: it is fed by events.')
      : el(
          'div',
          { className: 'scroll', tabIndex: 0, role: 'region', ariaLabel: `Upstreams of ${name}` },
          el(
            'table',
            {},
            el(
              'thead',
              {},
              el(
                'tr',
                {},
                el('th', { scope: 'col' }, 'upstream'),
                ...COLUMNS.map(([title]) => el('th', { scope: 'col' }, title)),
              ),
            ),
            el(
              'tbody',
              {},
              ...upstreams.map((upstream) =>
                el(
                  'tr',
                  { className: upstream.breaker === 'closed' ? '' : 'open' },
                  el('th', { scope: 'row' }, upstream.name),
                  ...COLUMNS.map(([, cell]) => el('td', {}, cell(upstream))),
                ),
              ),
            ),
          ),
        ),
  )
}
