import { parseConfig } from '@harbor/shared-runtime/config'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog, type Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { connectRedis } from '@harbor/shared-runtime/redis'
import { redisPart } from '@harbor/shared-runtime/redis/part'
import { Hono } from 'hono'
import { createApp } from '../src/app.ts'
import { Config } from '../src/config.ts'
import type { RecordReadings } from '../src/telemetry/sink.ts'
import { type Connection, fakeFeed, level, snapshotEnd } from './fake-feed.ts'

/** Every odd SKU of the demo store is in stock: HB-1001, HB-1003, … */
export const DEMO_STOCK = Array.from({ length: 20 }, (_, index) => ({
  sku: `HB-${1001 + index}`,
  available: index % 2 === 0 ? 7 : 0,
}))

export const DEMO_KEY = 'harbor-demo-key-d101'
export const OTHER_KEY = 'harbor-demo-key-d102'

/** The whole app with a feed of its own, on free ports; to be stopped by whoever ran it. */
export async function runApp(
  env: Record<string, string> = {},
  log = createLog('iot-bff', 'silent'),
  record: RecordReadings = async () => {},
) {
  const stock = fakeFeed()
  const config = parseConfig(Config, {
    PORT: '0',
    COAP_PORT: '0',
    MQTT_PORT: '0',
    COAP_PLAIN_DEVICE: 'd101',
    ...env,
  })
  const redis = config.REDIS_URL && connectRedis(config.REDIS_URL)
  const redisParts = redis ? [redisPart({ name: 'iot-bff', connection: redis, log })] : []
  const parts = [...redisParts, ...createApp({ config, redis, feed: stock.feed, record, log })]
  const routes = managementOf(parts)
  const management = httpPart({
    name: 'management',
    fetch: routes.fetch,
    host: '127.0.0.1',
    port: 0,
    portSetting: 'MANAGEMENT_PORT',
  })
  const addresses: Record<string, string> = {}
  const managementAddress = await management.start()
  const stop = async () => {
    await management.stop()
    for (const part of parts.splice(0).reverse()) await part.stop()
  }
  // The feed's part is last, and started once the test has sent a snapshot.
  const filler = parts.at(-1)
  for (const part of parts.slice(0, -1)) {
    const address = await part.start()
    if (address !== undefined) addresses[part.name] = address
  }
  const ready = filler?.start()
  const feed = await stock.connection()
  return {
    addresses,
    stock,
    feed,
    stop,
    /** The reasons for which the parts are not ready. */
    unready: () => parts.map((part) => part.unready?.()).filter((reason) => reason !== undefined),
    ready: () => ready,
    http: (path: string, headers: Record<string, string> = { k: DEMO_KEY }, method = 'GET') =>
      fetch(`${addresses.http}${path}`, { headers, method }),
    /** A request to the management port. */
    manage: (path: string, init: RequestInit = {}) => fetch(`${managementAddress}${path}`, init),
    managementRoutes: routes.routes,
    coapPort: Number(addresses.coap?.split(':').at(-1)),
  }
}

/** The routes that the parts have on the management port, without those of every process. */
function managementOf(parts: readonly Part[]) {
  const app = new Hono()
  for (const { management } of parts) if (management) app.route('/', management)
  return app
}

/** The app with the demo stock in. */
export async function runFilledApp(env: Record<string, string> = {}, log?: Log, record?: RecordReadings) {
  const app = await runApp(env, log, record)
  sendDemoStock(app.feed)
  await app.ready()
  return app
}

export function sendDemoStock(feed: Connection, eventId = '1'): void {
  feed.send(...DEMO_STOCK.map(({ sku, available }) => level('ber', sku, available)), snapshotEnd(eventId))
}
