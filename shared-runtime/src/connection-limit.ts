import { readFileSync } from 'node:fs'
import type { Log } from './log.ts'

/** No server of a process keeps more connections than this. */
const LARGEST = 10_000
/** Fewer connections than this are too few for a production process. */
const FEW = 1_000
/** Descriptors of the process itself: the management port, logs, Redis, event feeds, the runtime. */
const OF_THE_PROCESS = 64

/**
 * How many connections consumers may have, all servers of a process together: half of the open files that the
 * operating system allows (`ulimit -n`), less those of the process. The other half is for calls to upstreams.
 */
export const connectionLimit = (openFiles = openFilesLimit()): number =>
  Math.max(1, Math.min(LARGEST, Math.floor((openFiles - OF_THE_PROCESS) / 2)))

/** Logs at the start that the limit of open files decides how many consumers can be connected. */
export function sayConnectionLimit(log: Pick<Log, 'info' | 'warn'>, openFiles = openFilesLimit()): void {
  const maxConnections = connectionLimit(openFiles)
  if (maxConnections < LARGEST)
    log[maxConnections < FEW ? 'warn' : 'info'](
      { openFiles, maxConnections },
      `${maxConnections} connections of consumers at most, because of ${openFiles} open files (ulimit -n)`,
    )
}

/** The soft limit of open files, which Node raises to the hard one when it starts. Known on Linux only. */
export function openFilesLimit(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
