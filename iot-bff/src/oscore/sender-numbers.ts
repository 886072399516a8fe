import type { Log } from '@harbor/shared-runtime/log'
import type { DeviceContext } from './contexts.ts'
import type { Epochs } from './epochs.ts'

/** Numbers of a context in an epoch: with 32 bits of epoch they fill the 40 bits of a partial IV. */
const NUMBERS = 0x100
/** So many are left when the next epoch is asked for. */
const AHEAD = 64
const RETRY_MS = 1_000

/**
 * Sequence numbers of this server, of which none may be used twice with a context: not after a restart, and not by
 * another replica. Each process has epochs of its own; a number is one of 256 of an epoch.
 */
export function createSenderNumbers(epochs: Epochs, log: Log) {
  let epoch: number | undefined
  /** Numbers of the epoch that each context has used: also one that is taken out of the registry and comes back. */
  const used = new Map<string, number>()
  let taking: Promise<void> | undefined
  let triedAt = Number.NEGATIVE_INFINITY

  return {
    /** Resolves once there are numbers, or Redis is out of reach. */
    start: (): Promise<void> => renew(),
    /** The next number for a context; `undefined` while there is none. */
    next(context: DeviceContext): number | undefined {
      const key = `${context.deviceId} ${context.id}`
      const number = used.get(key) ?? 0
      if (epoch === undefined || number >= NUMBERS - AHEAD) void renew()
      if (epoch === undefined || number >= NUMBERS) return undefined
      used.set(key, number + 1)
      return epoch * NUMBERS + number
    },
  }

  function renew(): Promise<void> {
    if (taking === undefined && performance.now() < triedAt + RETRY_MS) return Promise.resolve()
    triedAt = performance.now()
    taking ??= take()
    return taking
  }

  async function take() {
    try {
      epoch = await epochs.take()
      used.clear()
      triedAt = Number.NEGATIVE_INFINITY
    } catch (err) {
      log.warn({ err }, 'no sequence numbers for OSCORE: what needs one is not sent')
    } finally {
      taking = undefined
    }
  }
}

export type SenderNumbers = ReturnType<typeof createSenderNumbers>
