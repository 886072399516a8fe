/** Serves the console of the demo: one product in three cuts, and the control room. */
import { readFile } from 'node:fs/promises'
import { buildPageFiles } from '@harbor/example-mobile-app/page-files'
import {
  host,
  httpAddress,
  loadConfig,
  logLevel,
  managementPort,
  managementPortOf,
  port,
  setting,
} from '@harbor/shared-runtime/config'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { runProcess } from '@harbor/shared-runtime/process'
import { z } from 'zod'
import { createConsole } from './console.ts'
import { lossesOf } from './room/losses.ts'
import { roomPart } from './room/room-part.ts'

const Config = z.object({
  PORT: port(4004, 'Port of the page.'),
  MANAGEMENT_PORT: managementPort,
  HOST: host,
  LOG_LEVEL: logLevel,
  WEB_BFF_URL: httpAddress('http://127.0.0.1:4000', 'Address of the web BFF.'),
  MOBILE_BFF_URL: httpAddress('http://127.0.0.1:4001', 'Address of the mobile BFF.'),
  DEVICE_COAP_PORT: port(5683, 'Port on which the device BFF of this machine serves CoAP.'),
  CONTROL_URL: httpAddress('http://127.0.0.1:4100', 'Control port of the mock services.'),
  MANAGEMENT_URLS: setting(
    z
      .string()
      .default(
        'graphql-bff=http://127.0.0.1:9000,rest-mobile-bff=http://127.0.0.1:9001,iot-bff=http://127.0.0.1:9002',
      )
      .transform((text) => text.split(',').map((pair) => pair.split('=', 2)))
      .pipe(z.array(z.tuple([z.string().min(1), z.url()]))),
    {
      about: 'Management ports of the processes that the control room shows.',
      allowed: '<name>=<address>, separated by commas',
    },
  ),
})

const name = 'console'
const config = loadConfig(name, Config)
const log = createLog(name, config.LOG_LEVEL)
const room = roomPart({ processes: config.MANAGEMENT_URLS, log })
const degradation = new URL('../../../docs/degradation.md', import.meta.url)
const { fetch } = createConsole({
  files: await buildPageFiles(
    new URL('../public/', import.meta.url),
    new URL('page/app.ts', import.meta.url),
  ),
  web: config.WEB_BFF_URL,
  mobile: config.MOBILE_BFF_URL,
  coapPort: config.DEVICE_COAP_PORT,
  control: config.CONTROL_URL,
  losses: lossesOf(await readFile(degradation, 'utf8')),
  room,
})

await runProcess({
  name,
  log,
  host: config.HOST,
  managementPort: managementPortOf(config),
  parts: [room, httpPart({ name: 'http', fetch, host: config.HOST, port: config.PORT, portSetting: 'PORT' })],
})
