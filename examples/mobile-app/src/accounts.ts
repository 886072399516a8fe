import { type Account, AccountEnded } from './account.ts'
import { ANSWERS } from './etags.ts'
import { type Entries, partOf, type Store } from './store.ts'

export type Tokens = {
  access: string
  refresh?: string
  /** Wall clock, in milliseconds since 1970. */
  expiresAt: number
}

/** What identity has issued. It may leave out whose tokens they are at a refresh (OpenID Connect Core, 12.2). */
export type Grant = { subject: string | undefined; tokens: Tokens }

export type Identity = {
  /** @returns undefined when the refresh token is refused. @throws when there is no network or identity fails */
  refresh(refreshToken: string): Promise<Grant | undefined>
  revoke(refreshToken: string): Promise<void>
}

/** What one tab remembers over a reload. `epoch` without tokens: its account has ended, or has to log in again. */
export type TabState = { epoch: string; tokens?: Tokens }
export type Tab = { read(): TabState | undefined; write(state: TabState): void }

/** A token that expires sooner than this is refreshed first. */
const MARGIN_MS = 30_000
/** Who is logged in on this device: one user at a time, in all tabs. */
const CURRENT = 'current account'

type Current = { subject: string; epoch: string }

type Options = {
  /** The device's store, shared by its tabs. */
  device: Store
  tab: Tab
  identity: Identity
  /** Tells the other tabs to look whether their account has ended. */
  announce?: () => void
}

/**
 * The accounts of a device. One user is logged in at a time; an epoch is the time from a log-in to its end, and a tab
 * belongs to one epoch. So an answer, a token or a write of an earlier epoch has no way into the next one.
 */
export function createAccounts({ device, tab, identity, announce = () => {} }: Options) {
  // The refresh token may have been revoked already, or there may be no network: nobody here holds it any more.
  const revoke = (tokens?: Tokens) =>
    tokens?.refresh === undefined ? undefined : identity.revoke(tokens.refresh).catch(() => {})

  function accountOf({ subject, epoch }: Current): Account {
    let hasEnded = false
    let refreshing: Promise<string | undefined> | undefined

    async function check(entries: Entries): Promise<void> {
      if (!hasEnded && (await current(entries))?.epoch === epoch) return
      hasEnded = true
      throw new AccountEnded(subject)
    }
    const store = partOf(device, partition(subject), check)
    const tokens = () => (tab.read()?.epoch === epoch ? tab.read()?.tokens : undefined)

    async function refresh({ access, refresh }: Tokens): Promise<string | undefined> {
      if (refresh === undefined) return undefined
      let grant: Grant | undefined
      try {
        grant = await identity.refresh(refresh)
      } catch {
        // Without a network the old token does no harm: its request will not arrive either.
        return access
      }
      const accepted =
        grant && (grant.subject === undefined || grant.subject === subject) ? grant.tokens : undefined
      const keep = async () => tab.write({ epoch, ...(accepted && { tokens: accepted }) })
      try {
        await store.transact(keep)
      } catch (error) {
        await revoke(grant?.tokens)
        throw error
      }
      if (!accepted) await revoke(grant?.tokens)
      return accepted?.access
    }

    return {
      subject,
      store,
      get isLoggedIn() {
        return tokens() !== undefined
      },
      get hasEnded() {
        return hasEnded
      },
      async token() {
        await store.transact(async () => {})
        const held = tokens()
        if (!held || held.expiresAt - MARGIN_MS > Date.now()) return held?.access
        // A refresh token is good once: all who ask meanwhile share its answer.
        refreshing ??= refresh(held).finally(() => (refreshing = undefined))
        return refreshing
      },
      async logOut() {
        const held = tokens()
        tab.write({ epoch })
        hasEnded = true
        await device.transact(async (entries) => {
          if ((await current(entries))?.epoch !== epoch) return
          await entries.delete(CURRENT)
          await deleteAll(entries, partition(subject))
        })
        announce()
        await revoke(held)
      },
    }
  }

  return {
    /**
     * The account of this tab; undefined for nobody's. A new tab without a token gets the current account, which can
     * show what is stored and has to log in. A tab whose account has ended gets none until its user logs in.
     */
    async open(): Promise<Account | undefined> {
      const own = tab.read()
      const found = await device.transact(current)
      if (own && own.epoch !== found?.epoch) {
        tab.write({ epoch: own.epoch })
        void revoke(own.tokens)
        return undefined
      }
      return found && accountOf(found)
    },

    /**
     * Makes the user of these tokens the current one. The account of another user ends: its stored answers are
     * deleted, its writes wait under its own subject until that user logs in again.
     * @throws when it is not known whose tokens they are
     */
    async logIn({ subject, tokens }: Grant): Promise<void> {
      if (!subject) throw new TypeError('log-in: given tokens of an unknown user; allowed: with an ID token')
      await device.transact(async (entries) => {
        const before = await current(entries)
        const isSame = before?.subject === subject
        const epoch = isSame ? before.epoch : crypto.randomUUID()
        if (before && !isSame) await deleteAll(entries, partition(before.subject) + ANSWERS)
        await entries.set(CURRENT, JSON.stringify({ subject, epoch }))
        tab.write({ epoch, tokens })
      })
      announce()
    },
  }
}

/** Encoded, so that no subject is the beginning of another's keys. */
const partition = (subject: string) => `of ${encodeURIComponent(subject)} `

async function current(entries: Entries): Promise<Current | undefined> {
  const text = await entries.get(CURRENT)
  if (text === undefined) return undefined
  try {
    const { subject, epoch } = JSON.parse(text)
    return typeof subject === 'string' && typeof epoch === 'string' ? { subject, epoch } : undefined
  } catch {
    return undefined
  }
}

async function deleteAll(entries: Entries, prefix: string): Promise<void> {
  for (const key of await entries.keys(prefix)) await entries.delete(key)
}
