import { oneOf, optionalAddress } from '@harbor/shared-runtime/config'
import type { Log } from '@harbor/shared-runtime/log'
import { type Cdn, openCdn } from './cdn.ts'

/** The settings of a process that has a cache in front of it. */
export const cdnSettings = {
  CDN_PURGE_URL: optionalAddress(
    ['http', 'https'],
    'URL of the cache in front, which gets PURGE requests for changes; answers then carry their tags.',
  ),
  CDN_PURGE_BY: oneOf(
    ['tags', 'urls'],
    'tags',
    'How that cache is purged: by tags in one Surrogate-Key header, or by one request per URL.',
  ),
}

type Config = { CDN_PURGE_URL?: string | undefined; CDN_PURGE_BY: 'tags' | 'urls' }

/** The cache in front, when one is set. */
export const cdnOf = (config: Config, log: Pick<Log, 'warn'>): Cdn | undefined =>
  config.CDN_PURGE_URL === undefined
    ? undefined
    : openCdn({ address: config.CDN_PURGE_URL, by: config.CDN_PURGE_BY, log })
