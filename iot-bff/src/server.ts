import { openUpstreams } from '@harbor/shared-clients'
import { loadConfig, managementPortOf } from '@harbor/shared-runtime/config'
import { createLog } from '@harbor/shared-runtime/log'
import { closing } from '@harbor/shared-runtime/part'
import { runProcess } from '@harbor/shared-runtime/process'
import { connectRedis } from '@harbor/shared-runtime/redis'
import { redisPart } from '@harbor/shared-runtime/redis/part'
import { backgroundContext } from '@harbor/shared-runtime/request-context'
import { telemetryPart } from '@harbor/shared-telemetry'
import { createApp } from './app.ts'
import { Config } from './config.ts'
import type { StockFeed } from './stock/stock-feed.ts'
import type { RecordReadings } from './telemetry/sink.ts'

const name = 'iot-bff'
const config = loadConfig(name, Config)
const log = createLog(name, config.LOG_LEVEL)
const clients = openUpstreams({ clientId: 'iot-bff', config, log })

const feed: StockFeed = (afterEventId, signal) =>
  clients
    .forRequest(backgroundContext(signal))
    .inventory.watchStock(afterEventId === undefined ? {} : { afterEventId })

const record: RecordReadings = (readings, signal, traceparent) =>
  clients.forRequest(backgroundContext(signal, traceparent)).telemetry.record(readings)

const redis = config.REDIS_URL && connectRedis(config.REDIS_URL)

await runProcess({
  name,
  log,
  host: config.HOST,
  managementPort: managementPortOf(config),
  drainDelayS: config.DRAIN_DELAY,
  parts: [
    telemetryPart({ name, config, log, clients }),
    ...(redis ? [redisPart({ name, connection: redis, log })] : []),
    closing('clients', clients),
    ...createApp({ config, redis, feed, record, log }),
  ],
})
