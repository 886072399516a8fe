import { openBffClients } from '@harbor/shared-clients'
import { createTokenVerifier } from '@harbor/shared-runtime/auth'
import { loadConfig, managementPortOf } from '@harbor/shared-runtime/config'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { warming } from '@harbor/shared-runtime/part'
import { runProcess } from '@harbor/shared-runtime/process'
import { createApp } from './app.ts'
import { Config } from './config.ts'

const name = 'rest-mobile-bff'
const config = loadConfig(name, Config)
const log = createLog(name, config.LOG_LEVEL)
const { clients, parts } = openBffClients({ name, clientId: 'mobile-bff', config, log })
const verify = createTokenVerifier({
  issuer: config.IDENTITY_URL,
  audience: 'mobile-bff',
  loadKeys: clients.identityKeys,
})

const app = createApp({ clients, verify, log })

await runProcess({
  name,
  log,
  host: config.HOST,
  managementPort: managementPortOf(config),
  parts: [
    ...parts,
    // The first request of a process pays for connections, tokens and compilation: no app shall wait for that.
    // Whether it succeeds does not matter: a service that is down is no reason not to start.
    warming(async () => void (await app.request('/v1/products?limit=1'))),
    httpPart({ name: 'http', fetch: app.fetch, host: config.HOST, port: config.PORT, portSetting: 'PORT' }),
  ],
})
