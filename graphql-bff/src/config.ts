import { bffSettings, clientSecret } from '@harbor/shared-clients'
import { cdnSettings } from '@harbor/shared-edge/caching/cdn-settings'
import { trustedProxies } from '@harbor/shared-edge/limits/address'
import { quota } from '@harbor/shared-edge/limits/policy'
import { tokenSettings } from '@harbor/shared-runtime/auth'
import {
  drainDelay,
  flag,
  host,
  httpAddress,
  logLevel,
  managementPort,
  port,
  setting,
} from '@harbor/shared-runtime/config'
import { SEAL_KEYS_MISSING, sealKeysFitRedis } from '@harbor/shared-runtime/seal'
import { telemetrySettings } from '@harbor/shared-telemetry/settings'
import { z } from 'zod'
import { sessionSettings } from './session/settings.ts'
import { subscriptionSettings } from './subscriptions/settings.ts'

export const Config = z
  .object({
    PORT: port(4000, 'Port of the dashboard and of /graphql.'),
    MANAGEMENT_PORT: managementPort,
    HOST: host,
    LOG_LEVEL: logLevel,
    DRAIN_DELAY: drainDelay,
    GRAPHQL_ALLOW_ADHOC: flag(
      false,
      'Take documents outside the persisted manifest, answer introspection and serve GraphiQL at /graphiql. For development.',
    ),
    OPERATIONS_FOLDER: setting(z.string().min(1).optional(), {
      about:
        'Folder of the manifests of persisted operations, one `<version>.json` for each version of the dashboard that is in use; the operations of all of them are answered. Without it: `graphql-bff/manifests`.',
      allowed: 'the path of a folder',
    }),
    IDENTITY_CLIENT_SECRET: clientSecret('web-bff'),
    IMAGES_URL: httpAddress(
      'http://127.0.0.1:4118',
      'Address of the image service as browsers know it; the page loads pictures from nowhere else.',
    ),
    PAGE_FOLDER: setting(z.string().min(1).default('../examples/web-dashboard/dist'), {
      about:
        'Folder of the built dashboard, from the working directory. Without a build there, no page is served.',
      allowed: 'a path',
    }),
    TRUSTED_PROXIES: trustedProxies,
    RATE_LIMIT_ADDRESS: quota(
      '6000/60',
      'Requests of one address; an IPv6 network of 64 bits is one. An office may have all its users behind one.',
    ),
    RATE_LIMIT_AUTH: quota('120/60', 'Requests of one address below /auth/, where log-ins begin and end.'),
    RATE_LIMIT_SESSION: quota('600/60', 'Requests for data of one session.'),
    RATE_LIMIT_USER: quota('1200/60', 'Requests for data of one user, with all sessions.'),
    ...subscriptionSettings,
    ...cdnSettings,
    ...sessionSettings,
    ...tokenSettings,
    ...bffSettings,
    ...telemetrySettings,
  })
  .refine(sealKeysFitRedis, SEAL_KEYS_MISSING)

export type Config = z.output<typeof Config>
