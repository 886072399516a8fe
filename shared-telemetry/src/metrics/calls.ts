import type { ClientSet } from '@harbor/shared-clients'
import { callEvents } from '@harbor/shared-clients/call-events'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Listen } from '../subscriptions.ts'
import { KnownValues } from './known-values.ts'
import { SECONDS } from './requests.ts'

const MAX_ENDPOINTS = 200
const BREAKER_STATES = ['closed', 'half-open', 'open'] as const

/** The calls to each upstream, and how each is: breaker, calls in flight and calls that wait. */
export function callMetrics(registry: Registry, listen: Listen, clients: Pick<ClientSet, 'states'>): void {
  const registers = [registry]
  const endpoints = new KnownValues(MAX_ENDPOINTS)
  const calls = new Counter({
    name: 'harbor_upstream_calls_total',
    help: 'Upstream calls that ended, by outcome: "ok" or the code of the error.',
    labelNames: ['upstream', 'endpoint', 'outcome'],
    registers,
  })
  const duration = new Histogram({
    name: 'harbor_upstream_call_duration_seconds',
    help: 'Upstream calls, with their wait for a slot and all attempts.',
    labelNames: ['upstream'],
    buckets: SECONDS,
    registers,
  })
  const attempts = new Counter({
    name: 'harbor_upstream_attempts_total',
    help: 'Attempts of upstream calls that were sent.',
    labelNames: ['upstream'],
    registers,
  })
  const counted = (name: string, help: string) =>
    new Counter({ name: `harbor_upstream_${name}_total`, help, labelNames: ['upstream'], registers })

  listen(callEvents.finished, ({ upstream, endpoint, code, durationMs, attempts: sent }) => {
    calls.inc({ upstream, endpoint: endpoints.of(endpoint), outcome: code })
    duration.observe({ upstream }, durationMs / 1000)
    if (sent > 0) attempts.inc({ upstream }, sent)
  })
  const retries = counted('retries', 'Attempts that repeat a failed one.')
  listen(callEvents.retried, ({ upstream }) => retries.inc({ upstream }))
  const hedges = counted('hedges', 'Attempts sent beside a slow one.')
  listen(callEvents.hedged, ({ upstream }) => hedges.inc({ upstream }))
  const coalesced = counted('coalesced', 'Calls that joined an identical one.')
  listen(callEvents.coalesced, ({ upstream }) => coalesced.inc({ upstream }))
  const skipped = counted('skipped', 'Optional calls that no longer fitted into the budget.')
  listen(callEvents.skipped, ({ upstream }) => skipped.inc({ upstream }))
  const rejected = counted('rejected', 'Calls refused by the bulkhead.')
  listen(callEvents.rejected, ({ upstream }) => rejected.inc({ upstream }))
  const changes = new Counter({
    name: 'harbor_upstream_breaker_changes_total',
    help: 'Changes of the circuit breaker to a state.',
    labelNames: ['upstream', 'state'],
    registers,
  })
  listen(callEvents.breaker, ({ upstream, state }) => changes.inc({ upstream, state }))
  stateMetrics(registry, clients)
}

function stateMetrics(registry: Registry, clients: Pick<ClientSet, 'states'>): void {
  const registers = [registry]
  new Gauge({
    name: 'harbor_upstream_breaker_state',
    help: '1 for the state in which the circuit breaker of an upstream is.',
    labelNames: ['upstream', 'state'],
    registers,
    collect() {
      for (const [upstream, { breaker }] of Object.entries(clients.states()))
        for (const state of BREAKER_STATES) this.set({ upstream, state }, state === breaker ? 1 : 0)
    },
  })
  new Gauge({
    name: 'harbor_upstream_calls_in_flight',
    help: 'Upstream calls that have a slot of the bulkhead.',
    labelNames: ['upstream'],
    registers,
    collect() {
      for (const [upstream, { inFlight }] of Object.entries(clients.states()))
        this.set({ upstream }, inFlight)
    },
  })
  new Gauge({
    name: 'harbor_upstream_calls_queued',
    help: 'Upstream calls that wait for a slot of the bulkhead.',
    labelNames: ['upstream'],
    registers,
    collect() {
      for (const [upstream, { queued }] of Object.entries(clients.states())) this.set({ upstream }, queued)
    },
  })
}
