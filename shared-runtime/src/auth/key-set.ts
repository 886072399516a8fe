import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { UpstreamError } from '../errors/errors.ts'

/** At most one reload of the keys per this interval, so that tokens with made-up key ids cannot flood identity. */
const KEY_RELOAD_MS = 10_000
/** Keys are reloaded every 4 to 5 minutes even without an unknown key id: identity may have revoked one. */
const KEY_MAX_AGE_MS = 5 * 60_000
const SPREAD = 0.2

export type KeySet = ReturnType<typeof createLocalJWKSet>

type Options = {
  /** Fetches the identity service's key set. */
  loadKeys: () => Promise<JSONWebKeySet>
  /** Called when the keys have changed: tokens verified with the old ones may no longer be valid. */
  onChange: () => void
}

/**
 * The identity service's keys. Concurrent callers share one load; keys are reloaded for an unknown key id, and in the
 * background once they are old. The current keys stay in use until a reload succeeds, so an outage of identity does
 * not block requests.
 */
export function keySet({ loadKeys, onChange }: Options) {
  let keys: KeySet | undefined
  let text = ''
  let loading: Promise<KeySet> | undefined
  let loadedAt = 0
  let maxAgeMs = KEY_MAX_AGE_MS

  const age = () => performance.now() - loadedAt
  const load = () =>
    (loading ??= fetchKeys().finally(() => {
      loading = undefined
    }))

  async function fetchKeys(): Promise<KeySet> {
    loadedAt = performance.now()
    maxAgeMs = KEY_MAX_AGE_MS * (1 - SPREAD * Math.random())
    try {
      const loaded = await loadKeys()
      const set = createLocalJWKSet(loaded)
      if (keys && JSON.stringify(loaded) !== text) onChange()
      text = JSON.stringify(loaded)
      return (keys = set)
    } catch (error) {
      if (keys) return keys
      if (error instanceof UpstreamError) throw error
      // Without this wrapper a JOSEError or ZodError would be reported as an error of the token.
      throw new UpstreamError('identity', 'invalid_answer', 'its keys cannot be used', { cause: error })
    }
  }

  /** Starts a reload in the background when the keys are old. */
  function keepFresh(): void {
    if (keys && age() > maxAgeMs) void load()
  }

  return {
    keepFresh,
    async current(): Promise<KeySet> {
      if (!keys) return load()
      keepFresh()
      return keys
    },
    /** The keys after a reload, at most one per `KEY_RELOAD_MS`. */
    async reloaded(): Promise<KeySet> {
      return loading ?? (keys && age() <= KEY_RELOAD_MS ? keys : load())
    },
  }
}
