import { type DeviceMessage, deviceEvents } from '@harbor/shared-runtime/telemetry/devices'
import { messageAt } from '../access/resources.ts'
import type { CoapRequest } from '../codecs/coap-request.ts'
import type { Receipt } from '../telemetry/intake.ts'

/** Publishes that a message was answered; the path is read only when somebody listens. */
export function tellMessage(
  protocol: DeviceMessage['protocol'],
  messageOf: () => string,
  status: number,
): void {
  if (deviceEvents.message.hasSubscribers)
    deviceEvents.message.publish({ protocol, message: messageOf(), status })
}

/** Publishes that a request over CoAP was answered; a code has the classes of HTTP: 2.05 is 205. */
export const tellCoap = (request: CoapRequest | number, code: number): void =>
  tellMessage(
    'coap',
    () => (typeof request === 'number' ? 'none' : messageAt(request.path)),
    (code >> 5) * 100 + (code & 31),
  )

/** Publishes what became of telemetry over MQTT, which has no status of its own. */
export const tellTelemetry = (outcome: Receipt['outcome'] | 'forbidden'): void =>
  tellMessage('mqtt', () => 'telemetry', STATUS[outcome])

const STATUS = { stored: 204, malformed: 400, forbidden: 403, unavailable: 503 } as const
