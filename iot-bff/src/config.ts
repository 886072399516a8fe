import { clientSecret, upstreamSettings } from '@harbor/shared-clients'
import { host, logLevel, managementPort, optionalAddress, port, setting } from '@harbor/shared-runtime/config'
import { z } from 'zod'

export const Config = z.object({
  PORT: port(4002, 'Port of the device API over HTTP.'),
  MANAGEMENT_PORT: managementPort,
  HOST: host,
  LOG_LEVEL: logLevel,
  DEVICES_FILE: setting(z.string().min(1).optional(), {
    about: 'Device registry, a JSON file; the demo devices (iot-bff/devices.demo.json) when not set.',
    allowed: 'the path of a file',
  }),
  COAP_PORT: port(5683, 'UDP port of the device API over CoAP.'),
  COAP_PLAIN_DEVICE: setting(z.string().min(1).optional(), {
    about: 'Device that peers over plain coap:// are taken for; no CoAP socket is opened when not set.',
    allowed: 'the id of a device of the registry',
  }),
  MQTT_URL: optionalAddress(
    ['mqtt', 'mqtts'],
    'Broker that flags are published to; an embedded one when not set.',
  ),
  MQTT_PORT: port(1884, 'Port of the embedded MQTT broker.'),
  IDENTITY_CLIENT_SECRET: clientSecret('iot-bff'),
  ...upstreamSettings,
})

export type Config = z.output<typeof Config>
