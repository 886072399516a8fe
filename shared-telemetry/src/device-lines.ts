import type { Log } from '@harbor/shared-runtime/log'
import { deviceEvents } from '@harbor/shared-runtime/telemetry/devices'
import type { Listen } from './subscriptions.ts'

/** Milliseconds for which messages are counted in one line: a line each would be most of their cost. */
const EVERY_MS = 60_000

/**
 * Logs one line a minute with the messages of devices by protocol, message and status, if there were any.
 * @returns what logs the rest and ends it
 */
export function logDeviceMessages(listen: Listen, log: Pick<Log, 'info'>, everyMs = EVERY_MS): () => void {
  const counts = new Map<string, number>()
  listen(deviceEvents.message, ({ protocol, message, status }) => {
    const key = `${protocol} ${message} ${status}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  })
  const flush = () => {
    if (counts.size === 0) return
    log.info({ messages: Object.fromEntries(counts), seconds: everyMs / 1_000 }, 'messages of devices')
    counts.clear()
  }
  const timer = setInterval(flush, everyMs).unref()
  return () => {
    clearInterval(timer)
    flush()
  }
}
