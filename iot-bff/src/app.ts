import { connectionLimit } from '@harbor/shared-runtime/connection-limit'
import { httpPart } from '@harbor/shared-runtime/http-server'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import { sealOf } from '@harbor/shared-runtime/seal'
import { createResources } from './access/resources.ts'
import type { Config } from './config.ts'
import { devicesPart } from './devices/part.ts'
import { Devices } from './devices/registry.ts'
import { createLimits } from './limits/limits.ts'
import { Contexts } from './oscore/contexts.ts'
import { fileEpochs, redisEpochs } from './oscore/epochs.ts'
import { coapPart } from './protocols/coap-server.ts'
import { createHttpListener } from './protocols/http.ts'
import { mqttPart } from './protocols/mqtt.ts'
import { embeddedBroker } from './protocols/mqtt-embedded.ts'
import { remoteBroker } from './protocols/mqtt-remote.ts'
import { remoteTelemetry } from './protocols/mqtt-telemetry.ts'
import { ownLease, redisLease } from './protocols/publisher-lease.ts'
import { FlagStore } from './stock/flag-store.ts'
import { type StockFeed, stockFeedPart } from './stock/stock-feed.ts'
import { createTelemetryIntake } from './telemetry/intake.ts'
import { createTelemetrySink, type RecordReadings } from './telemetry/sink.ts'

/** More than any device sends; what is longer is refused before it is parsed. */
const MAX_HEADER_BYTES = 2_048

type Options = {
  config: Config
  /** Where all replicas have the devices; without it this process has them to itself. Opened and closed by the caller. */
  redis: RedisConnection | undefined
  feed: StockFeed
  /** Sends readings to the telemetry service. */
  record: RecordReadings
  log: Log
}

/**
 * The parts of the device BFF: the device registry, one flag store with its three faces, and last the feed that
 * fills it. The faces answer "unavailable" until it has.
 */
export function createApp({ config, redis, feed, record, log }: Options): Part[] {
  const { HOST: host, COAP_PLAIN_DEVICE: plainDevice } = config
  const devices = new Devices()
  const store = new FlagStore()
  devices.listen((id, device) => store.setDevice(id, device))
  const resources = createResources(store)
  const limits = createLimits(config)
  const telemetry = createTelemetryIntake(createTelemetrySink({ record, log }))

  // HTTP and the embedded broker have the same number of connections each.
  const maxConnections = Math.ceil(connectionLimit() / (config.MQTT_URL ? 1 : 2))

  const http = httpPart({
    name: 'http',
    listener: createHttpListener({ store, devices, resources, limits, telemetry }),
    host,
    port: config.PORT,
    portSetting: 'PORT',
    maxHeaderBytes: MAX_HEADER_BYTES,
    maxConnections,
  })
  const seal = sealOf(config)
  const oscore = config.SEAL_KEYS && {
    contexts: new Contexts(devices, seal, log),
    epochs: redis ? redisEpochs(redis) : fileEpochs(config.DEVICES_FILE),
    isShared: redis !== undefined,
  }
  const coap =
    (plainDevice !== undefined || oscore !== undefined) &&
    coapPart({
      store,
      resources,
      devices,
      limits,
      telemetry,
      plainDevice,
      oscore,
      host,
      port: config.COAP_PORT,
      reusePort: config.COAP_REUSE_PORT,
      log,
    })
  const connectionsPerDevice = config.MQTT_CONNECTIONS_PER_DEVICE
  const { MQTT_URL: url, MQTT_CLIENT_ID: clientId } = config
  const published = url ? remoteTelemetry({ url, clientId, devices, intake: telemetry, log }) : undefined
  const lease = redis ? redisLease(redis, log) : ownLease()
  const broker =
    url && published
      ? remoteBroker({ url, lease, telemetry: published, clientId: redis && clientId, log })
      : embeddedBroker({
          devices,
          limits,
          telemetry,
          connectionsPerDevice,
          maxConnections,
          host,
          port: config.MQTT_PORT,
        })
  const mqtt = mqttPart({ store, broker, log })

  return [
    devicesPart({
      config,
      devices,
      redis,
      seal: oscore && seal,
      takesTelemetry: () => published?.isTaken() ?? false,
      log,
    }),
    http,
    ...(coap ? [coap] : []),
    mqtt,
    stockFeedPart({ feed, store, log }),
  ]
}
