import { readFileSync } from 'node:fs'
import type { Log } from '../log/log.ts'

/** The maximum number of connections of any server of a process. */
const LARGEST = 10_000
/** Fewer connections than this are too few for a production process. */
const FEW = 1_000
/** File descriptors reserved for the process itself: management port, logs, Redis, event feeds, the runtime. */
const RESERVED = 64

/**
 * Maximum number of consumer connections over all servers of a process: half of the open files that the operating
 * system allows (`ulimit -n`), minus the reserved ones. The other half is for calls to upstreams.
 */
export const connectionLimit = (openFiles = openFilesLimit()): number =>
  Math.max(1, Math.min(LARGEST, Math.floor((openFiles - RESERVED) / 2)))

/** Logs at the start when the limit of open files restricts the number of consumer connections. */
export function logConnectionLimit(log: Pick<Log, 'info' | 'warn'>, openFiles = openFilesLimit()): void {
  const maxConnections = connectionLimit(openFiles)
  if (maxConnections < LARGEST)
    log[maxConnections < FEW ? 'warn' : 'info'](
      { openFiles, maxConnections },
      `${maxConnections} consumer connections at most, because of the limit of ${openFiles} open files (ulimit -n)`,
    )
}

/** The soft limit of open files, which Node raises to the hard limit at its start. Known on Linux only. */
export function openFilesLimit(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
