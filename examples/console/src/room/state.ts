import type { Sample } from './exposition.ts'
import { bucketsOf, quantileBetween } from './quantile.ts'

/** How a BFF and its upstreams were over the last seconds. */
export type ProcessState = {
  name: string
  /** Whether its management port answers. */
  up: boolean
  /** Requests a second, over HTTP. */
  rate: number
  p95Ms: number | undefined
  /** Answers without an optional part, and refusals that protect the process, a second. */
  degraded: number
  shed: number
  /** Share of cache reads that found something, 0 to 1. */
  cacheHits: number | undefined
  upstreams: UpstreamState[]
}

export type UpstreamState = {
  name: string
  rate: number
  p95Ms: number | undefined
  /** Calls that failed, a second. */
  failures: number
  retries: number
  hedges: number
  skipped: number
  inFlight: number
  breaker: 'closed' | 'half-open' | 'open'
}

/** What `/metrics` of a process said at an instant of `performance.now()`. */
export type Reading = { at: number; samples: readonly Sample[] }

const NOTHING: readonly Sample[] = []
const HIT = ['hit', 'stale']

/** What happened between two readings of one process. */
export function stateBetween(
  name: string,
  before: Reading | undefined,
  now: Reading | undefined,
): ProcessState {
  if (now === undefined)
    return {
      name,
      up: false,
      rate: 0,
      p95Ms: undefined,
      degraded: 0,
      shed: 0,
      cacheHits: undefined,
      upstreams: [],
    }
  const earlier = before?.samples ?? NOTHING
  const seconds = before ? Math.max(0.1, (now.at - before.at) / 1000) : Number.POSITIVE_INFINITY
  const sum = (samples: readonly Sample[], metric: string, labels: Readonly<Record<string, string>>) =>
    samples.reduce((total, sample) => total + (isOf(sample, metric, labels) ? sample.value : 0), 0)
  // A counter that has started again counts from zero.
  const grown = (metric: string, labels: Readonly<Record<string, string>> = {}) =>
    Math.max(0, sum(now.samples, metric, labels) - sum(earlier, metric, labels))
  const perSecond = (metric: string, labels?: Readonly<Record<string, string>>) =>
    grown(metric, labels) / seconds
  const p95Ms = (histogram: string, labels: Readonly<Record<string, string>>) => {
    const wanted = (sample: Sample) => isOf(sample, sample.name, labels)
    const found = quantileBetween(
      bucketsOf(earlier, histogram, wanted),
      bucketsOf(now.samples, histogram, wanted),
      0.95,
    )
    return found === undefined ? undefined : found * 1000
  }
  const reads = grown('harbor_cache_events_total', { event: 'miss' })
  const hits = HIT.reduce((total, event) => total + grown('harbor_cache_events_total', { event }), 0)
  // Of every service that a BFF could call, those that it has called.
  const breakers = now.samples.filter(
    ({ name, value, labels: { upstream = '' } }) =>
      name === 'harbor_upstream_breaker_state' &&
      value === 1 &&
      sum(now.samples, 'harbor_upstream_calls_total', { upstream }) > 0,
  )
  return {
    name,
    up: true,
    rate: perSecond('harbor_requests_total'),
    p95Ms: p95Ms('harbor_request_duration_seconds', {}),
    degraded: perSecond('harbor_requests_degraded_total'),
    shed: perSecond('harbor_requests_shed_total'),
    cacheHits: reads + hits > 0 ? hits / (reads + hits) : undefined,
    upstreams: breakers.map(({ labels }) => {
      const { upstream = '', state } = labels
      const of = { upstream }
      const calls = perSecond('harbor_upstream_calls_total', of)
      return {
        name: upstream,
        rate: calls,
        p95Ms: p95Ms('harbor_upstream_call_duration_seconds', of),
        failures: Math.max(0, calls - perSecond('harbor_upstream_calls_total', { upstream, outcome: 'ok' })),
        retries: perSecond('harbor_upstream_retries_total', of),
        hedges: perSecond('harbor_upstream_hedges_total', of),
        skipped: perSecond('harbor_upstream_skipped_total', of),
        inFlight: sum(now.samples, 'harbor_upstream_calls_in_flight', of),
        breaker: state as UpstreamState['breaker'],
      }
    }),
  }
}

const isOf = (sample: Sample, metric: string, labels: Readonly<Record<string, string>>): boolean =>
  sample.name === metric && Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
