import type { Send } from './send.ts'
import { memoryStore, type Store } from './store.ts'

/**
 * One user's session on this device, as one tab holds it. Everything private goes through it, under the same check:
 * once the account has ended, in whichever tab, it hands out no token and its store neither reads nor writes.
 */
export type Account = {
  /** Whose account it is: the `sub` of its tokens; undefined for nobody's. */
  readonly subject: string | undefined
  readonly isLoggedIn: boolean
  /** Whether this tab knows that the account has ended; `store` knows it before. */
  readonly hasEnded: boolean
  /** The subject's own part of the device's store. Its transactions throw AccountEnded. */
  readonly store: Store
  /** An access token, refreshed if need be; undefined when the user has to log in. @throws AccountEnded */
  token(): Promise<string | undefined>
  /** Ends the account in every tab and deletes all that is stored for its subject. */
  logOut(): Promise<void>
}

/** The account has ended: its user logged out, or another user logged in, perhaps in another tab. */
export class AccountEnded extends Error {
  override name = 'AccountEnded'
  constructor(subject: string) {
    super(
      `account: ${subject} is no longer logged in on this device; allowed: the current user, after a log-in`,
    )
  }
}

/** Of a user who is not logged in: no token, no writes, and a store that lasts as long as the page. */
export const nobody = (store: Store = memoryStore()): Account => ({
  subject: undefined,
  isLoggedIn: false,
  hasEnded: false,
  store,
  token: async () => undefined,
  logOut: async () => {},
})

/** Adds the account's token, read again at each try; a write without one is not sent. @throws AccountEnded */
export const withToken =
  (send: Send, account: Account): Send =>
  async (url, init) => {
    const token = await account.token()
    if (token === undefined && init.method !== 'GET') return new Response(null, { status: 401 })
    const headers = new Headers(init.headers)
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    return send(url, { ...init, headers })
  }

/** Discards an answer, a stored one too, whose account has ended meanwhile. @throws AccountEnded */
export const whileOpen =
  (send: Send, { store }: Account): Send =>
  async (url, init) => {
    const sent = send(url, init)
    await sent.catch(() => {}) // A failure says no more than that the account has ended, if it has.
    await store.transact(async () => {})
    return sent
  }
