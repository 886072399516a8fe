import type { Log } from '@harbor/shared-runtime/log'
import { connect, type IConnackPacket, type MqttClient } from 'mqtt'
import type { Devices } from '../devices/registry.ts'
import { formatOf, type TelemetryIntake } from '../telemetry/intake.ts'
import { tellTelemetry } from './tell-message.ts'

type UserProperties = NonNullable<NonNullable<IConnackPacket['properties']>['userProperties']>

type Options = {
  url: string
  clientId: string
  devices: Devices
  intake: TelemetryIntake
  log: Log
}

/** Whoever holds the session gets what devices publish; the others do not connect. */
export type RemoteTelemetry = {
  held(isHeld: boolean): void
  stop(): Promise<void>
  /** Whether what a device publishes now is taken: the session is at the broker, or another replica has it. */
  isTaken(): boolean
}

/** No shared subscription is needed: the replicas share one session, in which messages wait while none is there. */
const FILTER = 't/+'
const PREFIX = 't/'
/** The broker keeps what devices publish for so long while no replica is there. */
const SESSION_S = 86_400
const RECONNECT_MS = 1_000
const LONGEST_WAIT_MS = 10_000
const TAKEN = 0

/**
 * Readings that devices publish at a real broker: one persistent session for all replicas, QoS 1. A message is
 * acknowledged once its readings are safe. When they are not, the connection is closed and made again later: until
 * then the broker keeps them.
 */
export function remoteTelemetry({ url, clientId, devices, intake, log }: Options): RemoteTelemetry {
  let client: MqttClient | undefined
  let reopening: NodeJS.Timeout | undefined
  let isHeld = false
  let subscribed = false
  let failures = 0

  return {
    held(now) {
      isHeld = now
      if (now) open()
      else close()
    },
    isTaken: () => subscribed || !isHeld,
    async stop() {
      isHeld = false
      const last = client
      close()
      await last?.endAsync(true)
    },
  }

  function open() {
    clearTimeout(reopening)
    const opened = connect(url, {
      protocolVersion: 5,
      clientId: `${clientId}-telemetry`,
      clean: false,
      reconnectPeriod: 0,
      properties: { sessionExpiryInterval: SESSION_S },
      customHandleAcks: (topic, message, { properties }, done) =>
        void take(opened, topic, message, traceOf(properties?.userProperties), () => done(TAKEN)),
    })
    client = opened
    opened.on('connect', () =>
      opened.subscribe(FILTER, { qos: 1 }, (err) => {
        if (!err) subscribed = true
        else if (client === opened) log.error({ err }, 'telemetry cannot be subscribed to')
      }),
    )
    opened.on('error', (err) => log.debug({ err }, 'the connection for telemetry failed'))
    opened.on('close', () => {
      if (client !== opened) return
      close()
      if (!isHeld) return
      const waitMs = Math.min(LONGEST_WAIT_MS, RECONNECT_MS * 2 ** failures++) * (0.5 + Math.random() / 2)
      reopening = setTimeout(() => isHeld && open(), waitMs).unref()
    })
  }

  async function take(
    from: MqttClient,
    topic: string,
    body: Buffer,
    traceparent: string | undefined,
    acknowledge: () => void,
  ) {
    const device = devices.byId(topic.slice(PREFIX.length))
    // It was let in by the broker before its key was revoked.
    if (device === undefined) return acknowledge()
    const receipt = await intake(device, body, formatOf(body), traceparent)
    tellTelemetry(receipt.outcome)
    if (receipt.outcome === 'unavailable') return void from.end(true)
    failures = 0
    if (receipt.outcome === 'malformed') log.info({ device: device.id }, 'telemetry that is no SenML pack')
    if (client === from) acknowledge()
  }

  function close() {
    clearTimeout(reopening)
    const closing = client
    client = undefined
    closing?.end(true)
  }
}

/** The trace that the publisher names in a user property, as W3C's draft for MQTT has it; the first of several. */
function traceOf(properties: UserProperties | undefined): string | undefined {
  const given = properties?.traceparent
  return typeof given === 'string' ? given : given?.[0]
}
