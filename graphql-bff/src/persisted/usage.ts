import { Hono } from 'hono'
import type { PersistedOperation, PersistedOperations } from './operations.ts'

type Used = { requests: number; lastUsedAt: string | null }

/** How often this process was asked for each operation since it started. */
export type OperationUsage = {
  /** Counts one request for an operation. */
  count(operation: PersistedOperation): void
  /** Routes for the management port: `/operations` says which version may be retired. */
  readonly management: Hono
}

/**
 * Counts by operation, of which there are as many as the manifests hold: nothing that is sent makes it grow. Versions
 * share operations, so a version is in use by itself only through those that no other version has.
 */
export function createUsage({ byHash, versions }: PersistedOperations): OperationUsage {
  const used = new Map<string, Used>()
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
    management,
  }
}

const later = (latest: string | null, { lastUsedAt }: Used): string | null =>
  lastUsedAt !== null && (latest === null || lastUsedAt > latest) ? lastUsedAt : latest
