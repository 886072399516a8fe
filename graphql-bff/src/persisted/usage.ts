import { Hono } from 'hono'
import type { CallsAbove } from '../fan-out/calls-above.ts'
import { asRecord } from '../fan-out/upstream-call.ts'
import { cacheControlOf, type PersistedOperation, type PersistedOperations } from './operations.ts'

type Used = { requests: number; lastUsedAt: string | null }
type Called = { most: Map<string, number>; timesAbove: number }

/** How often this process was asked for each operation since it started. */
export type OperationUsage = {
  /** Counts one request for an operation. */
  count(operation: PersistedOperation): void
  /** Remembers what it called, and what of that is above its static fan-out. */
  called(
    operation: PersistedOperation,
    calls: ReadonlyMap<string, number>,
    above: readonly CallsAbove[],
  ): void
  /** Routes for the management port: `/operations` says which version may be retired. */
  readonly management: Hono
}

/**
 * Counts by operation, of which there are as many as the manifests hold: nothing that is sent makes it grow. Versions
 * share operations, so a version is in use by itself only through those that no other version has.
 */
export function createUsage({ byHash, versions }: PersistedOperations): OperationUsage {
  const used = new Map<string, Used>()
  const called = new Map<string, Called>()
  const usedOf = ({ hash }: PersistedOperation): Used => used.get(hash) ?? { requests: 0, lastUsedAt: null }

  const report = (version: string) => {
    const operations = [...byHash.values()].filter((operation) => operation.versions.includes(version))
    const own = operations.filter((operation) => operation.versions.length === 1).map(usedOf)
    return {
      version,
      onlyInThisVersion: {
        requests: own.reduce((sum, { requests }) => sum + requests, 0),
        lastUsedAt: own.reduce(later, null),
      },
      operations: operations.map((operation) => ({
        name: operation.name,
        hash: operation.hash,
        versions: operation.versions,
        ...usedOf(operation),
        cacheControl: cacheControlOf(operation),
        upstreamCalls: {
          atMost: asRecord(operation.fanOut),
          mostSeen: asRecord(called.get(operation.hash)?.most ?? new Map()),
          timesAbove: called.get(operation.hash)?.timesAbove ?? 0,
        },
      })),
    }
  }

  const management = new Hono()
  management.get('/operations', (c) => c.json({ versions: versions.map(report) }))
  management.all('/operations', (c) => c.body(null, 405, { Allow: 'GET, HEAD' }))
  return {
    count(operation) {
      const { requests } = usedOf(operation)
      // biome-ignore lint/plugin: operators read it.
      const lastUsedAt = new Date().toISOString()
      used.set(operation.hash, { requests: requests + 1, lastUsedAt })
    },
    called({ hash }, calls, above) {
      const known = called.get(hash) ?? { most: new Map(), timesAbove: 0 }
      for (const [call, made] of calls) known.most.set(call, Math.max(made, known.most.get(call) ?? 0))
      if (above.length > 0) known.timesAbove++
      called.set(hash, known)
    },
    management,
  }
}

const later = (latest: string | null, { lastUsedAt }: Used): string | null =>
  lastUsedAt !== null && (latest === null || lastUsedAt > latest) ? lastUsedAt : latest
