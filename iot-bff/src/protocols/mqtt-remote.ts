import { withoutCredentials } from '@harbor/shared-runtime/config'
import type { Log } from '@harbor/shared-runtime/log'
import { connect, type MqttClient } from 'mqtt'
import type { Broker } from './mqtt.ts'

/** A flag that no replica confirms any more leaves the broker after this time. */
const EXPIRY_S = 3_600
/** Seldom, as each time every subscribed device receives its flags again. */
const REFRESH_MS = (EXPIRY_S / 2) * 1_000
const RECONNECT_MS = 1_000
/** Mosquitto's default for what a client may have unacknowledged; MQTT 5 brokers say their own. */
const WINDOW = 20
const MAX_WINDOW = 100

/**
 * A broker at an address, over MQTT 5. It need not be there at the start: the connection is taken up again
 * whenever it is lost, and the whole set published each time.
 */
export function remoteBroker({ url, log }: { url: string; log: Log }): Broker {
  let client: MqttClient | undefined
  return {
    refreshMs: REFRESH_MS,
    async start(connected) {
      client = connect(url, { protocolVersion: 5, reconnectPeriod: RECONNECT_MS, resubscribe: false })
      client.on('connect', ({ properties }) => {
        log.info({ broker: withoutCredentials(url) }, 'connected to the broker')
        connected(Math.min(properties?.receiveMaximum ?? WINDOW, MAX_WINDOW))
      })
      client.on('error', (err) => log.warn({ err }, 'the broker cannot be reached'))
      client.on('close', () => log.debug('the connection to the broker is closed'))
      return withoutCredentials(url)
    },
    async publish(topic, payload) {
      const properties = payload.length > 0 ? { messageExpiryInterval: EXPIRY_S } : {}
      await client?.publishAsync(topic, payload, { qos: 1, retain: true, properties })
    },
    // What is not acknowledged yet is published anew by whoever comes after.
    stop: async () => client?.endAsync(true),
  }
}
