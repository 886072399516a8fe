import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { Hono, type MiddlewareHandler } from 'hono'
import { labelOf, type RestEnv } from '../app-version.ts'
import type { Deprecated } from '../deprecation.ts'
import { dayOf, keyOf, type Usage } from './usage.ts'
import { addTo, type UsageStore } from './usage-store.ts'

/** Counts between two writes are lost when the process crashes; at SIGTERM none is. */
const FLUSH_EVERY_MS = 3_000
/** A stopping process tries this many times to write its counts. */
const LAST_TRIES = 3

/** A route in the ledger. */
export type CountedRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly version: number
  readonly deprecated?: Deprecated
}

export type ClientLedger = ReturnType<typeof createClientLedger>

type Options = { routes: readonly CountedRoute[]; store: UsageStore; log: Log; now?: () => Date }

/**
 * Counts which version of the app uses which route and schema version, to decide when one can be removed. It
 * identifies apps by their own claim, and no users.
 */
// biome-ignore lint/plugin: days of the calendar
export function createClientLedger({ routes, store, log, now = () => new Date() }: Options) {
  let pending = new Map<string, Map<string, Usage>>()
  let flushing = Promise.resolve(true)
  let timer: NodeJS.Timeout | undefined

  function count(route: string, usage: Usage): void {
    const known = pending.get(route) ?? new Map<string, Usage>()
    pending.set(route, known)
    addTo(known, usage)
  }

  /** Writes the counts; returns whether all were written. The rest is retried. */
  async function write(): Promise<boolean> {
    const taken = pending
    pending = new Map()
    const results = await Promise.all(
      [...taken].map(async ([route, usages]) => {
        try {
          await store.add(route, [...usages.values()])
          return true
        } catch (error) {
          for (const usage of usages.values()) count(route, usage)
          log.warn({ err: error, route }, 'usage not written, will be retried')
          return false
        }
      }),
    )
    return results.every(Boolean)
  }

  const flush = (): Promise<boolean> => (flushing = flushing.then(write))

  async function report() {
    await flush()
    return Promise.all(
      routes.map(async (route) => {
        const apps = (await store.read(routeName(route))).sort(byKey)
        return {
          route: routeName(route),
          schemaVersion: route.version,
          deprecated: route.deprecated ?? null,
          requests: apps.reduce((sum, { requests }) => sum + requests, 0),
          lastSeen:
            apps
              .map(({ lastSeen }) => lastSeen)
              .sort()
              .at(-1) ?? null,
          apps,
        }
      }),
    )
  }

  const management = new Hono()
  management.get('/clients', async (c) => c.json({ routes: await report() }))

  const part: Part = {
    name: 'client-ledger',
    management,
    async start() {
      // Earlier requests are the warm-up of this process.
      pending = new Map()
      timer = setInterval(flush, FLUSH_EVERY_MS)
      return undefined
    },
    async stop() {
      clearInterval(timer)
      for (let tries = 0; tries < LAST_TRIES; tries++) if (await flush()) return
      log.error({ routes: pending.size }, 'usage lost: it could not be written')
    },
  }

  return {
    part,
    flush,
    report,
    /** Counts each request of a route, whatever its answer. */
    counting(route: CountedRoute): MiddlewareHandler<RestEnv> {
      const name = routeName(route)
      return async (c, next) => {
        await next()
        const app = labelOf(c.get('app'))
        const countOne = () =>
          count(name, { app, schemaVersion: route.version, requests: 1, lastSeen: dayOf(now()) })
        c.set('onRepeat', countOne)
        countOne()
      }
    },
  }
}

const routeName = ({ method, path }: CountedRoute): string => `${method} ${path}`

const byKey = (a: Usage, b: Usage): number => (keyOf(a) < keyOf(b) ? -1 : 1)
