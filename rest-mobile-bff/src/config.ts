import { bffSettings, clientSecret } from '@harbor/shared-clients'
import { cdnSettings } from '@harbor/shared-edge/caching/cdn-settings'
import { trustedProxies } from '@harbor/shared-edge/limits/address'
import { quota } from '@harbor/shared-edge/limits/policy'
import { minimumVersions } from '@harbor/shared-edge/rest/app-version'
import { tokenSettings } from '@harbor/shared-runtime/auth'
import {
  drainDelay,
  host,
  logLevel,
  managementPort,
  optionalAddress,
  optionalHttpAddress,
  port,
} from '@harbor/shared-runtime/config'
import { SEAL_KEYS_MISSING, sealKeys, sealKeysFitRedis } from '@harbor/shared-runtime/seal'
import { telemetrySettings } from '@harbor/shared-telemetry/settings'
import { z } from 'zod'

export const Config = z
  .object({
    PORT: port(4001, 'Port of the mobile API.'),
    MANAGEMENT_PORT: managementPort,
    HOST: host,
    PUBLIC_URL: optionalHttpAddress(
      'Public URL of the mobile API. Required for tokens bound to a key (DPoP), except on loopback; with https, answers carry HSTS.',
    ),
    LOG_LEVEL: logLevel,
    DRAIN_DELAY: drainDelay,
    MIN_APP_VERSION: minimumVersions,
    APP_UPDATE_URL: optionalAddress(['https'], 'Where an outdated app sends its user to update.'),
    IDENTITY_CLIENT_SECRET: clientSecret('mobile-bff'),
    TRUSTED_PROXIES: trustedProxies,
    RATE_LIMIT_ADDRESS: quota(
      '6000/60',
      'Requests per address; an IPv6 /64 counts as one. A mobile network may have all its users behind one address.',
    ),
    RATE_LIMIT_USER: quota('1200/60', 'Requests per user.'),
    RATE_LIMIT_CLIENT: quota(
      '600000/60',
      'Requests of all users of one app (the OAuth client of their tokens): limits the load of a faulty app.',
    ),
    ...cdnSettings,
    SEAL_KEYS: sealKeys('encrypt data of writes in Redis: answers, and unfinished checkouts'),
    ...tokenSettings,
    ...bffSettings,
    ...telemetrySettings,
  })
  .refine(sealKeysFitRedis, SEAL_KEYS_MISSING)

export type Config = z.output<typeof Config>
