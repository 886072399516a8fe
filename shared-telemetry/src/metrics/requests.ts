import { type RequestFacts, requestEvents } from '@harbor/shared-runtime/telemetry/request'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Listen } from '../subscriptions.ts'
import { KnownValues } from './known-values.ts'

/** Seconds; the budgets of screens (0.2 to 1) lie between bounds that alerts can use. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5]
/** More than a BFF has screens, actions, operations and routes. */
const MAX_NAMES = 200
const MAX_PARTS = 100

/** The problems with which a request is refused to protect the process. */
const SHED: ReadonlySet<string> = new Set(['OVERLOADED', 'RATE_LIMITED'])

/** Rate, duration, status and degraded parts by screen, action, operation and route. */
export function requestMetrics(registry: Registry, listen: Listen): void {
  const registers = [registry]
  const names = new KnownValues(MAX_NAMES)
  const parts = new KnownValues(MAX_PARTS)
  const inFlight = new Gauge({
    name: 'harbor_requests_in_flight',
    help: 'Requests over HTTP that have no answer yet.',
    registers,
  })
  const requests = new Counter({
    name: 'harbor_requests_total',
    help: 'Requests over HTTP that were answered.',
    labelNames: ['kind', 'name', 'consumer', 'status'],
    registers,
  })
  const duration = new Histogram({
    name: 'harbor_request_duration_seconds',
    help: 'From the arrival of a request to its answer.',
    labelNames: ['kind', 'name'],
    buckets: SECONDS,
    registers,
  })
  const degraded = new Counter({
    name: 'harbor_requests_degraded_total',
    help: 'Answers without an optional part.',
    labelNames: ['kind', 'name', 'part'],
    registers,
  })
  const late = new Counter({
    name: 'harbor_requests_late_total',
    help: 'Answers after the budget of their screen, action or operation.',
    labelNames: ['kind', 'name'],
    registers,
  })
  const shed = new Counter({
    name: 'harbor_requests_shed_total',
    help: 'Requests that were refused to protect the process.',
    labelNames: ['problem'],
    registers,
  })

  listen(requestEvents.started, () => inFlight.inc())
  listen(requestEvents.finished, (facts) => {
    inFlight.dec()
    const { kind } = facts
    const name = names.of(facts.name)
    requests.inc({ kind, name, consumer: facts.consumer, status: statusClass(facts) })
    duration.observe({ kind, name }, facts.ms / 1000)
    for (const part of facts.degraded) degraded.inc({ kind, name, part: parts.of(part) })
    if (facts.budgetMs !== undefined && facts.ms > facts.budgetMs) late.inc({ kind, name })
    if (facts.problem !== undefined && SHED.has(facts.problem)) shed.inc({ problem: facts.problem })
  })
}

/** `2xx`; an operation that failed as a whole with status 200 counts as what its problem says. */
const statusClass = ({ status }: RequestFacts): string =>
  status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : 'none'
