import { sessionEvents } from '@harbor/shared-runtime/telemetry/sessions'
import { writeEvents } from '@harbor/shared-runtime/telemetry/writes'
import { Counter, Histogram, type Registry } from 'prom-client'
import type { Listen } from '../subscriptions.ts'
import { KnownValues } from './known-values.ts'
import { SECONDS } from './requests.ts'

const MAX_NAMES = 100

/** Writes under an idempotency key, sagas and their steps, and sessions, by outcome. */
export function writeMetrics(registry: Registry, listen: Listen): void {
  const registers = [registry]
  const names = new KnownValues(MAX_NAMES)
  const writes = new Counter({
    name: 'harbor_writes_total',
    help: 'Writes under an idempotency key, by outcome.',
    labelNames: ['name', 'outcome'],
    registers,
  })
  listen(writeEvents.ended, ({ name, outcome }) => writes.inc({ name: names.of(name), outcome }))
  const steps = new Histogram({
    name: 'harbor_saga_step_duration_seconds',
    help: 'Steps of sagas and their undoing, by outcome.',
    labelNames: ['saga', 'step', 'what', 'outcome'],
    buckets: SECONDS,
    registers,
  })
  listen(writeEvents.step, ({ saga, step, what, outcome, ms }) =>
    steps.observe({ saga, step, what, outcome }, ms / 1000),
  )
  const sagas = new Counter({
    name: 'harbor_sagas_total',
    help: 'Sagas that a worker left: done, undone, or postponed to the next worker.',
    labelNames: ['saga', 'outcome'],
    registers,
  })
  listen(writeEvents.left, ({ saga, outcome }) => sagas.inc({ saga, outcome }))
  const sessions = new Counter({
    name: 'harbor_sessions_total',
    help: 'Sessions of the dashboard: begun, refreshed, ended; and what failed of that.',
    labelNames: ['event'],
    registers,
  })
  listen(sessionEvents, ({ event }) => sessions.inc({ event }))
}
