import { deviceEvents } from '@harbor/shared-runtime/telemetry/devices'
import type { Registry } from 'prom-client'
import type { Listen } from '../subscriptions.ts'
import { Tally } from './tally.ts'

/** Messages of devices by protocol, message and status class. */
export function deviceMetrics(registry: Registry, listen: Listen): void {
  const messages = new Tally(
    registry,
    'harbor_device_messages_total',
    'Messages of devices that were answered, by the class of the status that HTTP has for it.',
    ['protocol', 'message', 'status'],
  )
  listen(deviceEvents.message, ({ protocol, message, status }) => {
    const statusClass = `${Math.floor(status / 100)}xx`
    const key = `${protocol} ${message} ${statusClass}`
    messages.add(key, 1, () => ({ protocol, message, status: statusClass }))
  })
}
