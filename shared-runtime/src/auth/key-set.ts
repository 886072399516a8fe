import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { UpstreamError } from '../errors.ts'

/** At most one reload of the keys in this time, so that tokens with made-up key ids cannot flood identity. */
const KEY_RELOAD_MS = 10_000
/** After 4 to 5 minutes keys are loaded again though all key ids are known: identity may have withdrawn one. */
const KEY_MAX_AGE_MS = 5 * 60_000
const SPREAD = 0.2

export type KeySet = ReturnType<typeof createLocalJWKSet>

type Options = {
  /** Fetches the identity service's key set. */
  loadKeys: () => Promise<JSONWebKeySet>
  /** Called when the keys are others than before: what was verified with the old ones may not be valid any more. */
  onChange: () => void
}

/**
 * The identity service's keys: one load at a time, however many ask; again for an unknown key id, and ahead of need
 * when they are old. They stay in use until others have been loaded: an identity that is down holds up nobody.
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
      // As it is, a JOSEError or ZodError would be taken for a fault of the token.
      throw new UpstreamError('identity', 'invalid_answer', 'its keys cannot be used', { cause: error })
    }
  }

  /** Has the keys loaded again when they are old; waits for nothing. */
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
    /** The keys after a reload, at most one in `KEY_RELOAD_MS`. */
    async reloaded(): Promise<KeySet> {
      return loading ?? (keys && age() <= KEY_RELOAD_MS ? keys : load())
    },
  }
}
