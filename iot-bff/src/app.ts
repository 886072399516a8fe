import { httpPart } from '@harbor/shared-runtime/http-server'
import type { Log } from '@harbor/shared-runtime/log'
import { type Part, StartError } from '@harbor/shared-runtime/part'
import type { Config } from './config.ts'
import type { Device, Devices } from './devices.ts'
import { FlagStore } from './flag-store.ts'
import { coapPart } from './protocols/coap-server.ts'
import { createHttpListener } from './protocols/http.ts'
import { mqttPart } from './protocols/mqtt.ts'
import { embeddedBroker } from './protocols/mqtt-embedded.ts'
import { remoteBroker } from './protocols/mqtt-remote.ts'
import { createResources } from './resources.ts'
import { type StockFeed, stockFeedPart } from './stock-feed.ts'

/** More than any device sends; what is longer is refused before it is parsed. */
const MAX_HEADER_BYTES = 2_048

type Options = { config: Config; devices: Devices; feed: StockFeed; log: Log }

/**
 * The parts of the device BFF: one flag store, its three faces, and last the feed that fills it. The faces
 * answer "unavailable" until it has.
 * @throws {StartError} when `COAP_PLAIN_DEVICE` names no device
 */
export function createApp({ config, devices, feed, log }: Options): Part[] {
  const { HOST: host } = config
  const store = new FlagStore(devices.all)
  const resources = createResources(store, devices)
  const plainDevice = findPlainDevice(config, devices)

  const http = httpPart({
    name: 'http',
    listener: createHttpListener({ store, devices, resources }),
    host,
    port: config.PORT,
    portSetting: 'PORT',
    maxHeaderBytes: MAX_HEADER_BYTES,
  })
  const coap = plainDevice && coapPart({ store, resources, plainDevice, host, port: config.COAP_PORT, log })
  const broker = config.MQTT_URL
    ? remoteBroker({ url: config.MQTT_URL, log })
    : embeddedBroker({ devices, host, port: config.MQTT_PORT })
  const mqtt = mqttPart({ store, broker, log })

  return [http, ...(coap ? [coap] : []), mqtt, stockFeedPart({ feed, store, log })]
}

function findPlainDevice({ COAP_PLAIN_DEVICE: id }: Config, devices: Devices): Device | undefined {
  if (id === undefined) return undefined
  const device = devices.byId(id)
  if (device) return device
  throw new StartError(`COAP_PLAIN_DEVICE: given ${JSON.stringify(id)}; allowed: the id of a device.`)
}
