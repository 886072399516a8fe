import { openWrites } from '@harbor/shared-checkout'
import { openBffClients } from '@harbor/shared-clients'
import { cdnOf } from '@harbor/shared-edge/caching/cdn-settings'
import { createRateLimiter } from '@harbor/shared-edge/limits/rate-limiter'
import { rateLimiting } from '@harbor/shared-edge/limits/rate-limiting'
import { createTokenVerifier, tokenProfile } from '@harbor/shared-runtime/auth'
import { loadConfig, managementPortOf } from '@harbor/shared-runtime/config'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { closing } from '@harbor/shared-runtime/part'
import { failStart, runProcess } from '@harbor/shared-runtime/process'
import { sealKeysPart, sealOf } from '@harbor/shared-runtime/seal'
import { telemetryPart } from '@harbor/shared-telemetry'
import { createApp } from './app.ts'
import { Config } from './config.ts'
import { rateLimitPolicies } from './http/rate-limits.ts'
import { loadPage } from './page/files.ts'
import { MANIFESTS_FOLDER, readManifests } from './persisted/manifests.ts'
import { loadOperations } from './persisted/operations.ts'
import { createUsage } from './persisted/usage.ts'
import { schema } from './schema/index.ts'
import { createSessionBoundary } from './session/index.ts'
import { createOidc } from './session/oidc.ts'
import { openSessionStore } from './session/open-store.ts'
import { publicUrl } from './session/public-url.ts'
import { logInParameters, sessionLimits } from './session/settings.ts'
import { createHub } from './subscriptions/hub.ts'
import { createSubscriptions } from './subscriptions/index.ts'
import { subscriptionLimits } from './subscriptions/settings.ts'

const name = 'graphql-bff'
const clientId = 'web-bff'
const BUDGET_MS = 1_000
const config = loadConfig(name, Config)
const log = createLog(name, config.LOG_LEVEL)
const { clients, cache, redis, parts, alsoPurge, alsoTell } = openBffClients({
  name,
  clientId,
  config,
  log,
})
const cdn = cdnOf(config, log)
if (cdn) alsoPurge(cdn)
const { origin, following } = publicUrl(config)
const { store, part: storePart } = openSessionStore(redis, log)
const oidc = createOidc({
  issuer: config.IDENTITY_URL,
  origins: config.IDENTITY_ORIGINS,
  clientId,
  clientSecret: config.IDENTITY_CLIENT_SECRET,
  origin,
  parameters: logInParameters(config),
  verify: createTokenVerifier({
    issuer: config.IDENTITY_URL,
    audience: config.TOKEN_AUDIENCE ?? clientId,
    profile: tokenProfile(config),
    loadKeys: clients.identityKeys,
  }),
})
const limiter = createRateLimiter({
  name,
  policies: rateLimitPolicies(config),
  redis,
  secret: config.IDENTITY_CLIENT_SECRET,
  log,
})
const page = loadPage(config.PAGE_FOLDER)
if (!page)
  log.warn(
    { folder: config.PAGE_FOLDER },
    'the dashboard is not built, so no page is served: run "pnpm --filter @harbor/web-dashboard build"',
  )
const operations = loadedOperations()
const usage = createUsage(operations)
const seal = sealOf(config)
const writes = openWrites({ name, clients, redis, seal, log })
const session = createSessionBoundary({
  store,
  seal,
  limits: sessionLimits(config),
  oidc,
  origin,
  log,
})
const hub = createHub()
alsoTell(hub)
const subscriptions = createSubscriptions({
  schema,
  hub,
  clients,
  recall: session.recallViewer,
  budgetMs: BUDGET_MS,
  log,
  limits: subscriptionLimits(config),
})
const app = createApp({
  operations,
  usage,
  clients,
  writes,
  session,
  hub,
  subscriptions,
  log,
  limits: rateLimiting(limiter, config.TRUSTED_PROXIES),
  https: origin().startsWith('https:'),
  allowAdhoc: config.GRAPHQL_ALLOW_ADHOC,
  cache,
  cdn,
  page,
  imagesUrl: config.IMAGES_URL,
  budgetMs: BUDGET_MS,
})

await runProcess({
  name,
  log,
  host: config.HOST,
  managementPort: managementPortOf(config),
  drainDelayS: config.DRAIN_DELAY,
  parts: [
    telemetryPart({ name, config, log, clients, cache }),
    ...parts,
    ...(cdn ? [cdn.part] : []),
    storePart,
    closing('rate limits', limiter),
    sealKeysPart(config),
    ...writes.parts,
    { name: 'operations', start: async () => undefined, stop: async () => {}, management: usage.management },
    following(
      httpPart({
        name: 'http',
        fetch: app.fetch,
        host: config.HOST,
        port: config.PORT,
        portSetting: 'PORT',
      }),
    ),
    // Stopped first: streams end with a hint when to come back, and no longer hold up the server.
    subscriptions.part,
  ],
})

function loadedOperations() {
  try {
    return loadOperations(schema, readManifests(config.OPERATIONS_FOLDER ?? MANIFESTS_FOLDER))
  } catch (error) {
    failStart(name, error)
  }
}
