import { openBffClients } from '@harbor/shared-clients'
import { createTokenVerifier } from '@harbor/shared-runtime/auth'
import { loadConfig, managementPortOf } from '@harbor/shared-runtime/config'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { runProcess } from '@harbor/shared-runtime/process'
import { createApp } from './app.ts'
import { Config } from './config.ts'
import { loadPage } from './page.ts'

const name = 'graphql-bff'
const config = loadConfig(name, Config)
const log = createLog(name, config.LOG_LEVEL)
const { clients, parts } = openBffClients({ name, clientId: 'web-bff', config, log })
const verify = createTokenVerifier({
  issuer: config.IDENTITY_URL,
  audience: 'web-bff',
  loadKeys: clients.identityKeys,
})
const app = createApp({
  clients,
  verify,
  log,
  allowAdhoc: config.GRAPHQL_ALLOW_ADHOC,
  page: loadPage(),
})

await runProcess({
  name,
  log,
  host: config.HOST,
  managementPort: managementPortOf(config),
  parts: [
    ...parts,
    httpPart({
      name: 'http',
      fetch: app.fetch,
      host: config.HOST,
      port: config.PORT,
      portSetting: 'PORT',
    }),
  ],
})
