import { z } from 'zod'

/** The id of a user. Whatever attests who somebody is makes one; a shared cache does not take it as a key. */
export const UserId = z.string().min(1).brand<'UserId'>()
export type UserId = z.infer<typeof UserId>
