import { openWrites } from '@harbor/shared-checkout'
import { openBffClients } from '@harbor/shared-clients'
import { cdnOf } from '@harbor/shared-edge/caching/cdn-settings'
import { readyAnswers } from '@harbor/shared-edge/http/ready-answers'
import { createRateLimiter } from '@harbor/shared-edge/limits/rate-limiter'
import { countAddress, rateLimiting } from '@harbor/shared-edge/limits/rate-limiting'
import { createClientLedger } from '@harbor/shared-edge/rest/ledger'
import { memoryUsage, redisUsage } from '@harbor/shared-edge/rest/ledger/usage-store'
import { createTokenVerifier, createUsedProofs, tokenProfile } from '@harbor/shared-runtime/auth'
import { loadConfig, managementPortOf } from '@harbor/shared-runtime/config'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { closing, warming } from '@harbor/shared-runtime/part'
import { runProcess } from '@harbor/shared-runtime/process'
import { sealKeysPart, sealOf } from '@harbor/shared-runtime/seal'
import { telemetryPart } from '@harbor/shared-telemetry'
import { apiRoutes, createApp } from './app.ts'
import { withOffline } from './clients.ts'
import { Config } from './config.ts'
import { createOffline } from './offline/index.ts'
import { memoryChangeLog } from './offline/memory-change-log.ts'
import { redisChangeLog } from './offline/redis-change-log.ts'
import { rateLimitPolicies } from './rate-limits.ts'

const name = 'rest-mobile-bff'
const clientId = 'mobile-bff'
const config = loadConfig(name, Config)
const log = createLog(name, config.LOG_LEVEL)
const { clients, cache, redis, parts, alsoPurge, follower } = openBffClients({
  name,
  clientId,
  config,
  log,
})
const verify = createTokenVerifier({
  issuer: config.IDENTITY_URL,
  audience: config.TOKEN_AUDIENCE ?? clientId,
  profile: tokenProfile(config),
  loadKeys: clients.identityKeys,
  dpop: { usedProofs: createUsedProofs(redis, log), publicUrl: config.PUBLIC_URL },
})

const cdn = cdnOf(config, log)
if (cdn) alsoPurge(cdn)
const offline = createOffline({
  clients,
  changes: redis ? redisChangeLog(redis) : memoryChangeLog(),
  log,
})
const ledger = createClientLedger({
  routes: apiRoutes(),
  store: redis ? redisUsage(redis, name) : memoryUsage(),
  log,
})
const limiter = createRateLimiter({
  name,
  policies: rateLimitPolicies(config),
  redis,
  secret: config.IDENTITY_CLIENT_SECRET,
  log,
})

const writes = openWrites({ name, clients, redis, seal: sealOf(config), log })

const { learn, first } = readyAnswers({ log, addresses: countAddress(limiter, config.TRUSTED_PROXIES) })
const app = createApp({
  learn,
  clients: withOffline(clients, offline),
  verify,
  log,
  cache,
  cdn,
  ledger,
  writes,
  limits: rateLimiting(limiter, config.TRUSTED_PROXIES),
  https: config.PUBLIC_URL?.startsWith('https:') ?? false,
  minimumVersions: config.MIN_APP_VERSION,
  updateUrl: config.APP_UPDATE_URL,
})

await runProcess({
  name,
  log,
  host: config.HOST,
  managementPort: managementPortOf(config),
  drainDelayS: config.DRAIN_DELAY,
  parts: [
    telemetryPart({ name, config, log, clients, cache }),
    ...(cdn ? [cdn.part] : []),
    ...parts,
    follower(offline.following),
    closing('rate limits', limiter),
    sealKeysPart(config),
    ...writes.parts,
    // The first request of a process pays for connections, tokens and compilation, so the process makes it itself. Its
    // outcome is ignored: a service that is down does not prevent the start.
    warming(async () => void (await app.request('/v1/products?limit=1'))),
    ledger.part,
    httpPart({
      name: 'http',
      first,
      fetch: app.fetch,
      host: config.HOST,
      port: config.PORT,
      portSetting: 'PORT',
    }),
  ],
})
