import { type MockServices, type MockServicesOptions, startMockServices } from '@harbor/mock-services'
import { createClients } from '@harbor/shared-clients'
import { createTokenVerifier, type TokenVerifier } from '@harbor/shared-runtime/auth'
import { parseConfig } from '@harbor/shared-runtime/config'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { createSeal } from '@harbor/shared-runtime/seal'
import { freePort } from '@harbor/shared-testing/free-port'
import { z } from 'zod'
import { createApp } from '../src/app.ts'
import { createSessionBoundary } from '../src/session/index.ts'
import { createOidc } from '../src/session/oidc.ts'
import { publicUrl } from '../src/session/public-url.ts'
import type { SessionLimits } from '../src/session/session.ts'
import { logInParameters, sessionSettings } from '../src/session/settings.ts'
import type { SessionStore } from '../src/session/store.ts'
import { createMemoryStore } from '../src/session/store-memory.ts'

import { OPERATIONS } from './operations.ts'
import { LIMITS } from './test-session.ts'
import { testWrites } from './test-writes.ts'

type App = {
  port?: number
  store?: SessionStore
  limits?: Partial<SessionLimits>
  key?: Buffer
  publicUrl?: string
  verify?: TokenVerifier
  provider?: IdentityProvider
}

/** An identity provider other than that of the mock services. */
type IdentityProvider = Pick<Parameters<typeof createTokenVerifier>[0], 'issuer' | 'audience' | 'profile'> & {
  clientId: string
  clientSecret: string
}

/** More than any call takes, however busy the machine. */
const PATIENCE_MS = 10_000
const KEY = Buffer.alloc(32, 7)

/** The mock services, and web BFFs before them: log-in with everything that belongs to it, over real HTTP. */
/** @param options.patient for tests that are not about time: a busy machine costs no call its time */
export async function startLive({
  patient = false,
  ...options
}: MockServicesOptions & { patient?: boolean } = {}) {
  const port = await freePort()
  const mocks = await startMockServices({
    defaultFaults: false,
    webBffUrl: `http://localhost:${port}`,
    ...options,
  })
  const closing: (() => Promise<void>)[] = [mocks.close]
  const refreshTokensSent: string[] = []

  async function startApp({ store = createMemoryStore(), limits = {}, key = KEY, ...at }: App = {}) {
    const { issuer, audience, profile, ...client } = at.provider ?? {
      issuer: mocks.services.identity,
      audience: 'web-bff',
      clientId: 'web-bff',
      clientSecret: 'web-bff-secret',
    }
    const clients = createClients({
      addresses: { ...mocks.services, identity: issuer },
      ...client,
      ...(patient && { leastTimeoutMs: PATIENCE_MS }),
    })
    const { origin, following } = publicUrl({ PORT: at.port ?? 0, PUBLIC_URL: at.publicUrl })
    const log = createLog('test', 'silent')
    const oidc = createOidc({
      issuer,
      ...client,
      origin,
      parameters: logInParameters(parseConfig(z.object(sessionSettings), {})),
      verify:
        at.verify ??
        createTokenVerifier({
          issuer,
          audience,
          loadKeys: clients.identityKeys,
          ...(profile && { profile }),
        }),
      timeoutMs: patient ? PATIENCE_MS : 1_000,
    })
    const session = createSessionBoundary({
      store,
      seal: createSeal([key]),
      limits: { ...LIMITS, ...limits },
      oidc: {
        ...oidc,
        refresh(token, ...more) {
          refreshTokensSent.push(token)
          return oidc.refresh(token, ...more)
        },
      },
      origin,
      log,
    })
    const budgetMs = patient ? PATIENCE_MS : 5_000
    const { fetch } = createApp({
      clients,
      writes: testWrites(clients),
      session,
      operations: OPERATIONS,
      log,
      budgetMs,
    })
    const part = following(
      httpPart({ name: 'http', fetch, host: '127.0.0.1', port: at.port ?? 0, portSetting: 'PORT' }),
    )
    const listening = (await part.start()) ?? ''
    closing.push(clients.close, part.stop)
    return { url: origin(), listening, sessions: session.sessions }
  }

  return {
    mocks,
    /** At this port the identity service finds the BFF: back-channel log-out goes there. */
    port,
    /** By all apps, in order. */
    refreshTokensSent,
    startApp,
    async close() {
      for (const close of closing.toReversed()) await close()
    },
  }
}

/** The calls to an endpoint of the identity service. */
export const identityCalls = (mocks: MockServices, endpoint: string): number =>
  mocks.calls().identity?.[endpoint] ?? 0
