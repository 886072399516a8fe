import { z } from 'zod'

/** An amount in minor units of an ISO 4217 currency, as the domain services compute it. */
export const Money = z.object({ amountMinor: z.int(), currency: z.string().length(3) })
export type Money = z.infer<typeof Money>
