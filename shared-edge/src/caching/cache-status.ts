type Status = {
  /** Answered out of the cache. */
  hit?: boolean
  /** Why the request went on to the upstreams. */
  fwd?: 'miss' | 'stale'
  /** Seconds for which the answer is still fresh; below zero it is stale. */
  ttl?: number
  /** The answer was kept. */
  stored?: boolean
  /** It shared the answer of another request. */
  collapsed?: boolean
  detail?: string
}

/** `Cache-Status` of this process's own cache (RFC 9211). */
export const cacheStatus = ({ hit, fwd, ttl, stored, collapsed, detail }: Status): string =>
  [
    'harbor',
    hit && 'hit',
    fwd && `fwd=${fwd}`,
    ttl !== undefined && `ttl=${ttl}`,
    stored && 'stored',
    collapsed && 'collapsed',
    detail && `detail=${detail}`,
  ]
    .filter(Boolean)
    .join('; ')
