import * as z from 'zod/mini'
import type { Tab } from '../accounts.ts'

const State = z.object({
  epoch: z.string(),
  tokens: z.exactOptional(
    z.object({ access: z.string(), refresh: z.exactOptional(z.string()), expiresAt: z.number() }),
  ),
})

const KEY = 'account'

/** The tab's own memory: tokens live as long as the tab. A native app keeps them in the keychain of the phone. */
export const tab: Tab = {
  read: () => State.safeParse(json(sessionStorage.getItem(KEY))).data,
  write: (state) => sessionStorage.setItem(KEY, JSON.stringify(state)),
}

/** Undefined for what is not JSON. */
export function json(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return undefined
  }
}
