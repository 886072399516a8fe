import type { ClientSet } from '@harbor/shared-clients'
import type { Cache } from '@harbor/shared-runtime/cache'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { Hono } from 'hono'
import { createMetrics } from './metrics/index.ts'
import { Subscriptions } from './subscriptions.ts'

type Options = {
  /** The name of the process. */
  name: string
  log: Log
  clients: Pick<ClientSet, 'states'>
  /** The cache of domain data, where the process has one. */
  cache?: Pick<Cache, 'size'> | undefined
}

/**
 * What a process tells of itself: it listens to the channels of `node:diagnostics_channel` from now on, and serves
 * `/metrics` on the management port. The first part of a process: the others are heard from their start to their stop.
 */
export function telemetryPart({ name, log, clients, cache }: Options): Part {
  const subscriptions = new Subscriptions(log)
  const metrics = createMetrics({ name, listen: subscriptions.listen, clients, cache })
  const management = new Hono()
  management.route('/', metrics.routes)
  return {
    name: 'telemetry',
    start: async () => undefined,
    stop: async () => subscriptions.end(),
    management,
  }
}
