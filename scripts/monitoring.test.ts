import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { createLog } from '../shared-runtime/src/log/log.ts'
import { createMetrics } from '../shared-telemetry/src/metrics/index.ts'
import { Subscriptions } from '../shared-telemetry/src/subscriptions.ts'
import { findTool } from '../shared-testing/src/tools.ts'

const folder = fileURLToPath(new URL('../deploy/monitoring/', import.meta.url))
const promtool = findTool('promtool')

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          annotations: z.object({ runbook: z.string() }).optional(),
        }),
      ),
    }),
  ),
})
const rules = globSync(`${folder}rules/*.yml`).flatMap((file) =>
  Rules.parse(parse(readFileSync(file, 'utf8'))).groups.flatMap((group) => group.rules),
)
const alerts = rules.flatMap(({ alert }) => alert ?? [])

const SCREEN = 'bff="mobile",job="harbor",kind="screen",name="home"'
const UPSTREAM = 'bff="mobile",job="harbor",upstream="orders"'

/** A process on a quiet day, a value each minute for 7 hours. */
const QUIET: Readonly<Record<string, string>> = {
  'up{job="harbor",instance="mobile"}': '1x430',
  [`harbor_requests_total{${SCREEN},status="2xx"}`]: '0+60x430',
  [`harbor_requests_total{${SCREEN},status="5xx"}`]: '0+0x430',
  [`harbor_requests_late_total{${SCREEN}}`]: '0+0x430',
  [`harbor_requests_degraded_total{${SCREEN},part="orders"}`]: '0+0x430',
  'harbor_requests_shed_total{bff="mobile",problem="OVERLOADED"}': '0+0x430',
  [`harbor_upstream_calls_total{${UPSTREAM},endpoint="GET /",outcome="ok"}`]: '0+60x430',
  [`harbor_upstream_calls_total{${UPSTREAM},endpoint="GET /",outcome="timeout"}`]: '0+0x430',
  [`harbor_upstream_breaker_state{${UPSTREAM},state="open"}`]: '0x430',
  [`harbor_upstream_rejected_total{${UPSTREAM}}`]: '0+0x430',
  'nodejs_eventloop_lag_p99_seconds{job="harbor"}': '0.01x430',
  'harbor_feed_connected{bff="mobile",feed="sse"}': '1x430',
  'harbor_feed_lag_seconds_bucket{bff="mobile",feed="sse",le="0.1"}': '0+6x430',
  'harbor_feed_lag_seconds_bucket{bff="mobile",feed="sse",le="30"}': '0+6x430',
  'harbor_feed_lag_seconds_bucket{bff="mobile",feed="sse",le="+Inf"}': '0+6x430',
  harbor_stock_feed_live: '1x430',
  'harbor_device_messages_total{bff="iot",protocol="coap",message="flag",status="2xx"}': '0+60x430',
  'harbor_device_messages_total{bff="iot",protocol="coap",message="flag",status="5xx"}': '0+0x430',
  'harbor_sagas_total{bff="mobile",saga="checkout",outcome="done"}': '0+6x430',
  'harbor_sagas_total{bff="mobile",saga="checkout",outcome="postponed"}': '0+0x430',
  'harbor_sessions_total{bff="web",event="begun"}': '0+6x430',
  'harbor_sessions_total{bff="web",event="refresh-failed"}': '0+0x430',
  harbor_log_lines_dropped: '0x430',
}

/** The fault of each alert, as what differs from a quiet day. */
const FAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  HarborDown: { 'up{job="harbor",instance="mobile"}': '0x430' },
  HarborErrorBudgetBurnsFast: { [`harbor_requests_total{${SCREEN},status="5xx"}`]: '0+6x430' },
  HarborErrorBudgetBurnsSlowly: { [`harbor_requests_total{${SCREEN},status="5xx"}`]: '0+0.48x430' },
  HarborLate: { [`harbor_requests_late_total{${SCREEN}}`]: '0+6x430' },
  HarborDegraded: { [`harbor_requests_degraded_total{${SCREEN},part="orders"}`]: '0+20x430' },
  HarborUpstreamErrorBudgetBurnsFast: {
    [`harbor_upstream_calls_total{${UPSTREAM},endpoint="GET /",outcome="timeout"}`]: '0+20x430',
  },
  HarborBreakerOpen: { [`harbor_upstream_breaker_state{${UPSTREAM},state="open"}`]: '1x430' },
  HarborBulkheadFull: { [`harbor_upstream_rejected_total{${UPSTREAM}}`]: '0+60x430' },
  HarborOverloaded: { 'harbor_requests_shed_total{bff="mobile",problem="OVERLOADED"}': '0+6x430' },
  HarborEventLoopBlocked: { 'nodejs_eventloop_lag_p99_seconds{job="harbor"}': '0.3x430' },
  HarborFeedLost: { 'harbor_feed_connected{bff="mobile",feed="sse"}': '0x430' },
  HarborFeedBehind: { 'harbor_feed_lag_seconds_bucket{bff="mobile",feed="sse",le="0.1"}': '0+0x430' },
  HarborStockFeedLost: { harbor_stock_feed_live: '0x430' },
  HarborDevicesFailing: {
    'harbor_device_messages_total{bff="iot",protocol="coap",message="flag",status="5xx"}': '0+10x430',
  },
  HarborSagasPostponed: { 'harbor_sagas_total{bff="mobile",saga="checkout",outcome="postponed"}': '0+3x430' },
  HarborSessionsRefused: { 'harbor_sessions_total{bff="web",event="refresh-failed"}': '0+30x430' },
  HarborLogLost: { harbor_log_lines_dropped: '0+5x430' },
}

/** A test group of promtool: which alerts fire after 7 hours of these series. */
const group = (name: string, series: Readonly<Record<string, string>>, firing: readonly string[]) => ({
  name,
  interval: '1m',
  input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
  promql_expr_test: [
    {
      expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: '425m',
      exp_samples: firing.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
    },
  ],
})

describe('alerts', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'monitoring-'))
  afterAll(() => rmSync(temporary, { recursive: true }))

  it('have a fault each, and each a place in the runbook', () => {
    expect(Object.keys(FAULTS).toSorted()).toEqual(alerts.toSorted())
    const headings = readFileSync(`${folder}../../docs/observability.md`, 'utf8').matchAll(/^#+ (.+)$/gm)
    const anchors = new Set(
      [...headings].map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-')),
    )
    const links = rules.flatMap(({ annotations }) => annotations?.runbook ?? [])
    expect(links).toHaveLength(alerts.length)
    for (const link of links) expect(anchors, link).toContain(link.replace('docs/observability.md#', ''))
  })

  it.skipIf(!promtool)(
    'fire on their fault and on no other, and none on a quiet day',
    () => {
      const file = join(temporary, 'alerts.json')
      const tests = [
        group('a quiet day', QUIET, []),
        ...Object.entries(FAULTS).map(([alert, fault]) => group(alert, { ...QUIET, ...fault }, [alert])),
      ]
      const rule_files = globSync(`${folder}rules/*.yml`)
      writeFileSync(file, JSON.stringify({ rule_files, evaluation_interval: '5m', tests }))
      const { status, stdout, stderr } = spawnSync(promtool ?? '', ['test', 'rules', file], {
        encoding: 'utf8',
      })
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
    },
    120_000,
  )

  it.skipIf(!promtool)('and the configuration are valid for Prometheus', () => {
    const { status, stdout, stderr } = spawnSync(
      promtool ?? '',
      ['check', 'config', `${folder}prometheus.yml`],
      {
        encoding: 'utf8',
      },
    )
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' })
  })
})

describe('rules and dashboards', () => {
  it('use metrics that a BFF has, and recorded ones', async () => {
    const subscriptions = new Subscriptions(createLog('test', 'silent'))
    const { registry } = createMetrics({
      name: 'test',
      listen: subscriptions.listen,
      clients: { states: () => ({}) },
      cache: { size: () => ({ entries: 0, bytes: 0, tags: 0, evicted: 0 }) },
    })
    subscriptions.end()
    const known = new Set([
      ...registry.getMetricsAsArray().map(({ name }) => name),
      ...rules.flatMap(({ record }) => record ?? []),
      // Made with the first message of the feed that it is about.
      'harbor_stock_feed_live',
    ])
    const files = [...globSync(`${folder}rules/*.yml`), ...globSync(`${folder}grafana/*.json`)]
    const used = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\b(?:harbor[_:]|nodejs_|process_)[a-z0-9_:]+/g)].map(
        ([name]) => name.replace(/_(bucket|sum|count)$/, ''),
      ),
    )
    expect(used.length).toBeGreaterThan(40)
    expect(used.filter((name) => !known.has(name))).toEqual([])
  })
})
