import { callSettings, clientSecret } from '@harbor/shared-clients'
import {
  drainDelay,
  flag,
  host,
  integer,
  logLevel,
  managementPort,
  optionalAddress,
  port,
  setting,
} from '@harbor/shared-runtime/config'
import { redisUrl } from '@harbor/shared-runtime/redis/address'
import { sealKeys } from '@harbor/shared-runtime/seal'
import { telemetrySettings } from '@harbor/shared-telemetry/settings'
import { z } from 'zod'

/** A limit is never off: a very large one comes to the same, and says so. */
const count = (defaultValue: number, about: string) => integer(defaultValue, [1, 999_999_999], about)

/** A secret without which what it opens is not there. */
const optionalSecret = (about: string) =>
  setting(z.string().min(16).optional(), {
    about,
    allowed: 'a string of at least 16 characters',
    secret: true,
  })

export const Config = z
  .object({
    PORT: port(4002, 'Port of the device API over HTTP.'),
    MANAGEMENT_PORT: managementPort,
    HOST: host,
    LOG_LEVEL: logLevel,
    DRAIN_DELAY: drainDelay,
    DEVICES_FILE: setting(z.string().min(1).optional(), {
      about:
        'Device registry, a JSON file, written when devices are changed; with REDIS_URL, devices that Redis gets if it has never known them. Without both, the demo devices (iot-bff/devices.demo.json), kept in memory.',
      allowed: 'the path of a file',
    }),
    REDIS_URL: redisUrl,
    ADMIN_TOKEN: optionalSecret(
      'Bearer token with which devices are created, rotated and revoked at /devices on the management port; not possible when not set.',
    ),
    MQTT_AUTH_TOKEN: optionalSecret(
      'Bearer token with which a broker asks at /mqtt/auth and /mqtt/acl on the management port; not possible when not set.',
    ),
    DEVICE_REQUESTS_PER_MINUTE: count(
      240,
      'Requests and MQTT packets of a device, or of an address over plain CoAP, in a minute: all at once or spread.',
    ),
    BAD_KEYS_PER_MINUTE: count(
      30,
      'Requests and log-ins without a valid key, of an IPv4 address or an IPv6 /64, in a minute.',
    ),
    MQTT_CONNECTIONS_PER_DEVICE: count(4, 'Connections of a device to the embedded broker at a time.'),
    SEAL_KEYS: sealKeys(
      'encrypt the OSCORE keys of devices in the registry',
      'Without it there is no OSCORE.',
    ),
    COAP_PORT: port(5683, 'UDP port of the device API over CoAP.'),
    COAP_REUSE_PORT: flag(
      false,
      'Several processes share COAP_PORT (SO_REUSEPORT): the system gives each endpoint to one of them. With SEAL_KEYS it needs REDIS_URL.',
    ),
    COAP_PLAIN_DEVICE: setting(z.string().min(1).optional(), {
      about:
        'Device that peers over plain coap:// are taken for; without it CoAP is served under OSCORE only, which needs SEAL_KEYS.',
      allowed: 'the id of a device of the registry',
    }),
    MQTT_URL: optionalAddress(
      ['mqtt', 'mqtts'],
      'Broker that flags are published to; an embedded one when not set.',
    ),
    MQTT_CLIENT_ID: setting(
      z
        .string()
        .regex(/^[\w.-]{1,64}$/)
        .default('harbor-iot'),
      {
        about:
          'Client id at the broker, shared by all replicas of one Redis: the broker lets one of them publish at a time.',
        allowed: '1 to 64 letters, digits, dots, hyphens or underscores',
      },
    ),
    MQTT_PORT: port(1884, 'Port of the embedded MQTT broker.'),
    IDENTITY_CLIENT_SECRET: clientSecret('iot-bff'),
    ...callSettings,
    ...telemetrySettings,
  })
  .refine(
    ({ COAP_REUSE_PORT, SEAL_KEYS, REDIS_URL }) => !COAP_REUSE_PORT || !SEAL_KEYS || REDIS_URL,
    'REDIS_URL: given nothing; needed with COAP_REUSE_PORT and SEAL_KEYS, so that no two processes number their OSCORE messages alike',
  )

export type Config = z.output<typeof Config>
