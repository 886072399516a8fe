import { bffSettings, clientSecret } from '@harbor/shared-clients'
import { trustedProxies } from '@harbor/shared-edge/limits/address'
import { quota } from '@harbor/shared-edge/limits/policy'
import { minimumVersions } from '@harbor/shared-edge/rest/app-version'
import {
  drainDelay,
  host,
  logLevel,
  managementPort,
  oneOf,
  optionalAddress,
  optionalHttpAddress,
  port,
} from '@harbor/shared-runtime/config'
import { SEAL_KEYS_MISSING, sealKeys, sealKeysFitRedis } from '@harbor/shared-runtime/seal'
import { z } from 'zod'

export const Config = z
  .object({
    PORT: port(4001, 'Port of the mobile API.'),
    MANAGEMENT_PORT: managementPort,
    HOST: host,
    PUBLIC_URL: optionalHttpAddress(
      'Where the app finds the mobile API. Tokens that are bound to a key (DPoP) need it anywhere but on loopback; with https the app is told to stay with it (HSTS).',
    ),
    LOG_LEVEL: logLevel,
    DRAIN_DELAY: drainDelay,
    MIN_APP_VERSION: minimumVersions,
    APP_UPDATE_URL: optionalAddress(['https'], 'Where an app that is too old sends its user.'),
    IDENTITY_CLIENT_SECRET: clientSecret('mobile-bff'),
    TRUSTED_PROXIES: trustedProxies,
    RATE_LIMIT_ADDRESS: quota(
      '6000/60',
      'Requests of one address; an IPv6 network of 64 bits is one. A mobile network may have all its users behind one.',
    ),
    RATE_LIMIT_USER: quota('1200/60', 'Requests of one user.'),
    RATE_LIMIT_CLIENT: quota(
      '600000/60',
      'Requests of all users of one app (the OAuth client of their tokens): so much of a BFF can a broken one take.',
    ),
    CDN_PURGE_URL: optionalAddress(
      ['http', 'https'],
      'Address of the cache in front that is told, by PURGE, what has changed; answers then name their tags to it.',
    ),
    CDN_PURGE_BY: oneOf(
      ['tags', 'urls'],
      'tags',
      'How that cache is told: by tags in one Surrogate-Key header, or by one request a URL.',
    ),
    SEAL_KEYS: sealKeys(
      'encrypt what is kept of writes in Redis: answers, and checkouts that are not done yet',
    ),
    ...bffSettings,
  })
  .refine(sealKeysFitRedis, SEAL_KEYS_MISSING)

export type Config = z.output<typeof Config>
