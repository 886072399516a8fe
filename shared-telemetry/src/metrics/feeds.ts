import { feedEvents } from '@harbor/shared-clients/feed-events'
import { deviceEvents } from '@harbor/shared-runtime/telemetry/devices'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Listen } from '../subscriptions.ts'
import { KnownValues } from './known-values.ts'

/** Seconds. */
const LAG = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const MAX_TYPES = 30
/** Ids of Redis Streams begin with milliseconds since 1970, those of other feeds with a small number. */
const FIRST_INSTANT = 1e12

/** The feeds of domain events: connected or not, what became of the events, and how far behind this process is. */
export function feedMetrics(registry: Registry, listen: Listen): void {
  const registers = [registry]
  const types = new KnownValues(MAX_TYPES)
  const connected = new Gauge({
    name: 'harbor_feed_connected',
    help: 'Connections to a feed of domain events that are up.',
    labelNames: ['feed'],
    registers,
  })
  const up = new Map<string, number>()
  const change = (feed: string, by: 1 | -1) => {
    const now = Math.max(0, (up.get(feed) ?? 0) + by)
    up.set(feed, now)
    connected.set({ feed }, now)
  }
  const losses = new Counter({
    name: 'harbor_feed_losses_total',
    help: 'Connections to a feed that ended, or could not be made.',
    labelNames: ['feed'],
    registers,
  })
  const events = new Counter({
    name: 'harbor_feed_events_total',
    help: 'Events of a feed, by what became of them.',
    labelNames: ['feed', 'type', 'outcome'],
    registers,
  })
  const gaps = new Counter({
    name: 'harbor_feed_gaps_total',
    help: 'Times that events were missed and everything was purged.',
    labelNames: ['feed'],
    registers,
  })
  const lag = new Histogram({
    name: 'harbor_feed_lag_seconds',
    help: 'From the event, where the feed says when it was, else from its arrival, until it was applied.',
    labelNames: ['feed'],
    buckets: LAG,
    registers,
  })

  listen(feedEvents.connected, ({ feed }) => change(feed, 1))
  listen(feedEvents.lost, ({ feed, failures }) => {
    losses.inc({ feed })
    if (failures === 0) change(feed, -1)
  })
  listen(feedEvents.gap, ({ feed }) => gaps.inc({ feed }))
  for (const outcome of ['skipped', 'repeated', 'ignored'] as const)
    listen(feedEvents[outcome], ({ feed, type }) => events.inc({ feed, type: types.of(type), outcome }))
  listen(feedEvents.applied, ({ feed, type, id, ms }) => {
    events.inc({ feed, type: types.of(type), outcome: 'applied' })
    lag.observe({ feed }, lagSeconds(id, ms))
  })

  const stock = new Gauge({
    name: 'harbor_stock_feed_live',
    help: '1 while devices get flags from the stock feed, 0 when it is lost.',
    registers: [],
  })
  listen(deviceEvents.feed, ({ live }) => {
    // Only a process with such a feed has the metric.
    if (!registry.getSingleMetric('harbor_stock_feed_live')) registry.registerMetric(stock)
    stock.set(live ? 1 : 0)
  })
}

function lagSeconds(id: string, appliedInMs: number): number {
  const at = Number.parseInt(id, 10)
  // biome-ignore lint/plugin: the id holds the wall clock of who published the event
  const ms = at > FIRST_INSTANT ? Date.now() - at : appliedInMs
  return Math.max(0, ms) / 1000
}
