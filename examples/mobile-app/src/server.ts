/** Serves the page of the app, and passes on what it asks of the mobile BFF and of identity. */
import {
  host,
  httpAddress,
  loadConfig,
  logLevel,
  managementPort,
  managementPortOf,
  port,
} from '@harbor/shared-runtime/config'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { runProcess } from '@harbor/shared-runtime/process'
import { z } from 'zod'
import { buildPage } from './build-page.ts'
import { createPageServer } from './page-server.ts'

const Config = z.object({
  PORT: port(4003, 'Port of the page.'),
  MANAGEMENT_PORT: managementPort,
  HOST: host,
  LOG_LEVEL: logLevel,
  MOBILE_BFF_URL: httpAddress('http://127.0.0.1:4001', 'Address of the mobile BFF.'),
  IDENTITY_URL: httpAddress('http://127.0.0.1:4101', 'Address of identity, where the user logs in.'),
  IMAGES_URL: httpAddress('http://127.0.0.1:4118', 'Address of the image service as browsers know it.'),
})

const name = 'mobile-app'
const config = loadConfig(name, Config)
const { fetch } = createPageServer({
  files: await buildPage(),
  mobileBff: config.MOBILE_BFF_URL,
  identity: config.IDENTITY_URL,
  images: config.IMAGES_URL,
})

await runProcess({
  name,
  log: createLog(name, config.LOG_LEVEL),
  host: config.HOST,
  managementPort: managementPortOf(config),
  parts: [httpPart({ name: 'http', fetch, host: config.HOST, port: config.PORT, portSetting: 'PORT' })],
})
