import { ProblemError } from '@harbor/shared-runtime/problems'

/** How many streams may be open at once. */
export type SubscriptionLimits = {
  readonly perSession: number
  /** Of readers that are not logged in. */
  readonly perAddress: number
  readonly perProcess: number
}

type Who = { readonly session: string | undefined; readonly address: string | undefined }

/** Milliseconds after which it may be tried again. */
const RETRY_AFTER_S = 5

/** Counts the open streams by who reads them. */
export function createSeats({ perSession, perAddress, perProcess }: SubscriptionLimits) {
  const taken = new Map<string, number>()
  let all = 0

  return {
    get taken() {
      return all
    },
    /**
     * Takes a seat; the returned function gives it back.
     * @throws {ProblemError} `OVERLOADED` when the process has no more, `RATE_LIMITED` when the reader has too many
     */
    take({ session, address }: Who): () => void {
      if (all >= perProcess)
        throw new ProblemError('OVERLOADED', 'Too many subscriptions are open.', {
          retryAfterS: RETRY_AFTER_S,
        })
      const [key, most, whose] =
        session === undefined
          ? [`address ${address}`, perAddress, 'address']
          : [`session ${session}`, perSession, 'session']
      const own = taken.get(key) ?? 0
      if (own >= most)
        throw new ProblemError('RATE_LIMITED', `At most ${most} subscriptions may be open per ${whose}.`, {
          retryAfterS: RETRY_AFTER_S,
        })
      taken.set(key, own + 1)
      all++
      let isGone = false
      return () => {
        if (isGone) return
        isGone = true
        all--
        const left = (taken.get(key) ?? 1) - 1
        if (left === 0) taken.delete(key)
        else taken.set(key, left)
      }
    },
  }
}
