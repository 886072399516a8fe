import type { ClientSet } from '@harbor/shared-clients'
import type { Cache } from '@harbor/shared-runtime/cache'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { sampleTraces } from '@harbor/shared-runtime/trace'
import { Hono } from 'hono'
import { logDeviceMessages } from './device-lines.ts'
import { explainRoutes } from './explain/routes.ts'
import { createExporter } from './export/exporter.ts'
import { createMetrics } from './metrics/index.ts'
import { Subscriptions } from './subscriptions.ts'
import { recordRequests } from './traces/recorder.ts'

type Options = {
  config: { OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined; TRACE_SAMPLE_RATIO: number }
  /** The name of the process. */
  name: string
  log: Log
  clients: Pick<ClientSet, 'states'>
  /** The cache of domain data, where the process has one. */
  cache?: Pick<Cache, 'size'> | undefined
}

/**
 * What a process tells of itself: it listens to the channels of `node:diagnostics_channel` from now on, and serves
 * `/metrics` and `/explain` on the management port. The first part of a process: the others are heard from their start to their stop.
 */
export function telemetryPart({ name, config, log, clients, cache }: Options): Part {
  const subscriptions = new Subscriptions(log)
  const metrics = createMetrics({ name, listen: subscriptions.listen, clients, cache })
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, TRACE_SAMPLE_RATIO: share } = config
  const exporter = endpoint === undefined ? undefined : createExporter({ endpoint, service: name, log })
  sampleTraces(share)
  const recorder = recordRequests(subscriptions.listen, (record) => {
    if (record.facts.trace.sampled || (record.kept && record.kept !== 'shed')) exporter?.add(record)
  })
  const endDeviceLines = logDeviceMessages(subscriptions.listen, log)
  const management = new Hono()
  management.route('/', metrics.routes)
  management.route('/', explainRoutes(name, recorder))
  return {
    name: 'telemetry',
    start: async () => undefined,
    async stop() {
      subscriptions.end()
      endDeviceLines()
      await exporter?.stop()
    },
    details: () => exporter?.state(),
    management,
  }
}
