import { openBffClients } from '@harbor/shared-clients'
import { loadConfig, managementPortOf } from '@harbor/shared-runtime/config'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { runProcess } from '@harbor/shared-runtime/process'
import { createApp } from './app.ts'
import { Config } from './config.ts'

const name = 'price-tag-bff'
const config = loadConfig(name, Config)
const log = createLog(name, config.LOG_LEVEL)
const { clients, parts } = openBffClients({ name, clientId: name, config, log })
const app = createApp({ clients, log })

await runProcess({
  name,
  log,
  host: config.HOST,
  managementPort: managementPortOf(config),
  drainDelayS: config.DRAIN_DELAY,
  parts: [
    ...parts,
    httpPart({ name: 'http', fetch: app.fetch, host: config.HOST, port: config.PORT, portSetting: 'PORT' }),
  ],
})
