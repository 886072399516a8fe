import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import type { Seal } from '@harbor/shared-runtime/seal'
import { Hono } from 'hono'
import type { Config } from '../config.ts'
import { deviceRoutes } from '../management/devices.ts'
import { mqttRoutes } from '../management/mqtt.ts'
import { fileStore } from './file-store.ts'
import { redisStore } from './redis-store.ts'
import type { Devices } from './registry.ts'

type Options = {
  config: Config
  devices: Devices
  redis: RedisConnection | undefined
  /** Seals the OSCORE contexts of devices; none are made without it. */
  seal: Seal | undefined
  /** Whether telemetry that a broker of yours acknowledges is taken from there. */
  takesTelemetry: () => boolean
  log: Log
}

/** The device registry as a part of the process: filled before anybody is let in, and open to operators and brokers. */
export function devicesPart({ config, devices, redis, seal, takesTelemetry, log }: Options): Part {
  const { DEVICES_FILE: file, ADMIN_TOKEN: adminToken, MQTT_AUTH_TOKEN: brokerToken } = config
  const store = redis ? redisStore({ devices, redis, seed: file, log }) : fileStore({ devices, file, log })
  const management = new Hono()
  management.route('/', deviceRoutes({ devices, store, adminToken, seal, log }))
  management.route('/', mqttRoutes({ devices, brokerToken, takesTelemetry, log }))

  return {
    name: 'devices',
    management,
    async start() {
      await store.open()
      if (adminToken === undefined) log.info('devices cannot be changed at /devices: ADMIN_TOKEN is not set')
      else if (!redis && file === undefined)
        log.warn('changes of devices end with the process: neither DEVICES_FILE nor REDIS_URL is set')
      return undefined
    },
    async stop() {
      store.close()
      devices.close()
    },
    details: () => ({ registered: devices.records.size }),
  }
}
