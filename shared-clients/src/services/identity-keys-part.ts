import type { Part } from '@harbor/shared-runtime/part'
import { redact } from '@harbor/shared-runtime/redact'
import type { JSONWebKeySet } from 'jose'

type Load = () => Promise<JSONWebKeySet>

/**
 * Shows on `/readyz` whether the keys that verify access tokens have been loaded, and why not. They are asked for
 * at the start without waiting: an identity service that is down makes no BFF unready, public screens work.
 */
export function identityKeysPart(load: Load): { load: Load; part: Part } {
  let keys: number | undefined
  let failure: string | undefined

  const watched: Load = async () => {
    try {
      const loaded = await load()
      keys = loaded.keys.length
      failure = undefined
      return loaded
    } catch (error) {
      failure = redact(error instanceof Error ? error.message : String(error))
      throw error
    }
  }
  return {
    load: watched,
    part: {
      name: 'identityKeys',
      start: async () => void watched().catch(() => {}),
      stop: async () => {},
      details: () => ({ loaded: keys ?? 0, ...(failure !== undefined && { lastFailure: failure }) }),
    },
  }
}
