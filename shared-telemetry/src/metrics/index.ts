import type { ClientSet } from '@harbor/shared-clients'
import type { Cache } from '@harbor/shared-runtime/cache'
import { Hono } from 'hono'
import { Registry } from 'prom-client'
import type { Listen } from '../subscriptions.ts'
import { cacheMetrics } from './caches.ts'
import { callMetrics } from './calls.ts'
import { deviceMetrics } from './devices.ts'
import { feedMetrics } from './feeds.ts'
import { processMetrics } from './process.ts'
import { requestMetrics } from './requests.ts'
import { writeMetrics } from './writes.ts'

type Options = {
  /** The name of the process: the label `bff` of every metric. */
  name: string
  listen: Listen
  clients: Pick<ClientSet, 'states'>
  cache?: Pick<Cache, 'size'> | undefined
}

/** Everything that this process measures, and `/metrics` of the management port, which Prometheus reads. */
export function createMetrics({ name, listen, clients, cache }: Options): {
  routes: Hono
  registry: Registry
} {
  const registry = new Registry()
  registry.setDefaultLabels({ bff: name })
  requestMetrics(registry, listen)
  callMetrics(registry, listen, clients)
  cacheMetrics(registry, listen, cache)
  feedMetrics(registry, listen)
  writeMetrics(registry, listen)
  deviceMetrics(registry, listen)
  processMetrics(registry)
  const routes = new Hono()
  routes.get('/metrics', async (c) =>
    c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  )
  routes.all('/metrics', (c) => c.body(null, 405, { Allow: 'GET, HEAD' }))
  return { routes, registry }
}
