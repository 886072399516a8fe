import { randomBytes } from 'node:crypto'
import { withoutCredentials } from '@harbor/shared-runtime/config'
import type { Log } from '@harbor/shared-runtime/log'
import { connect, type MqttClient } from 'mqtt'
import type { Broker } from './mqtt.ts'
import type { RemoteTelemetry } from './mqtt-telemetry.ts'
import type { PublisherLease } from './publisher-lease.ts'

const RECONNECT_MS = 1_000
/** Mosquitto's default for what a client may have unacknowledged; MQTT 5 brokers say their own. */
const WINDOW = 20
const MAX_WINDOW = 100
/** MQTT 5: another client has connected with our id. */
const SESSION_TAKEN_OVER = 0x8e

type Options = {
  url: string
  lease: PublisherLease
  telemetry: RemoteTelemetry
  /** The client id that all replicas share; one of its own for a process without a lease. */
  clientId: string | undefined
  log: Log
}

/**
 * A broker at an address, over MQTT 5. It need not be there at the start: the connection is made again whenever it
 * is lost, and the whole set published each time. Replicas share a client id, so the broker itself has only one
 * publisher: one that was suspended and has lost its lease is cut off before it can publish old flags.
 */
export function remoteBroker({ url, lease, telemetry, clientId, log }: Options): Broker {
  let client: MqttClient | undefined
  let reconnecting: NodeJS.Timeout | undefined
  let isHeld = false
  let connected = (_window: number) => {}
  const id = clientId ?? `harbor-iot-${randomBytes(6).toString('hex')}`

  return {
    expires: true,
    async start(whenConnected) {
      connected = whenConnected
      lease.start((held) => {
        isHeld = held
        telemetry.held(held)
        if (held) open()
        else close()
      })
      return withoutCredentials(url)
    },
    async publish(topic, payload, expiryS) {
      if (client === undefined) throw new Error('not connected')
      const properties = payload.length > 0 ? { messageExpiryInterval: expiryS } : {}
      await client.publishAsync(topic, payload, { qos: 1, retain: true, properties })
    },
    async stop() {
      isHeld = false
      clearTimeout(reconnecting)
      const last = client
      close()
      // What is not acknowledged yet is published again by the next publisher.
      await last?.endAsync(true)
      await telemetry.stop()
      await lease.stop()
    },
  }

  function open() {
    // A new client each time: one that reconnects by itself would send old flags again.
    const opened = connect(url, { protocolVersion: 5, clientId: id, reconnectPeriod: 0, clean: true })
    client = opened
    opened.on('connect', ({ properties }) => {
      log.info({ broker: withoutCredentials(url) }, 'connected to the broker')
      connected(Math.min(properties?.receiveMaximum ?? WINDOW, MAX_WINDOW))
    })
    opened.on('disconnect', ({ reasonCode }) => {
      if (reasonCode === SESSION_TAKEN_OVER) log.info('another replica has taken over at the broker')
    })
    opened.on('error', (err) => log.warn({ err }, 'the broker cannot be reached'))
    opened.on('close', () => {
      if (client !== opened) return
      close()
      if (isHeld) reconnecting = setTimeout(reopen, RECONNECT_MS * (0.5 + Math.random())).unref()
    })
  }

  /** A replica that was suspended must not push out the one that has taken over meanwhile. */
  async function reopen() {
    if ((await lease.confirm()) && isHeld && client === undefined) open()
  }

  function close() {
    clearTimeout(reconnecting)
    const closing = client
    client = undefined
    connected(0)
    closing?.end(true)
  }
}
