type Status = {
  /** Answered from the cache. */
  hit?: boolean
  /** Why the upstreams were called. */
  fwd?: 'miss' | 'stale'
  /** Seconds for which the answer is still fresh; negative when stale. */
  ttl?: number
  /** The answer was stored. */
  stored?: boolean
  /** It shared the build of another request. */
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
