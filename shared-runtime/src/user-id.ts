import { z } from 'zod'

/** The id of a user, created by authentication only; a shared cache refuses it as a key. */
export const UserId = z.string().min(1).brand<'UserId'>()
export type UserId = z.infer<typeof UserId>
