import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Account, AccountEnded, nobody } from './account.ts'
import { createAccounts, type Grant, type Tab, type TabState } from './accounts.ts'
import { createMobileClient } from './client.ts'
import type { Send } from './send.ts'
import { memoryStore, type Store } from './store.ts'

const USERS = ['ada', 'eve'] as const
const ACTS = [
  'log in',
  'log in',
  'read',
  'read',
  'log out',
  'queue',
  'flush',
  'reload',
  'expire',
  'look',
] as const
const FATES = ['done', 'done', 'done', 'lost', 'answer lost', 'fails'] as const

const step = fc.record({
  act: fc.constantFrom(...ACTS),
  tab: fc.nat(1),
  user: fc.constantFrom(...USERS),
  /** What becomes of the next request. */
  fate: fc.constantFrom(...FATES),
  /** Whose tokens the next refresh gets: identity may be wrong. */
  refreshed: fc.constantFrom(...USERS),
  /** How much of what is under way happens before the next step. */
  progress: fc.oneof(fc.nat(6), fc.constant(50)),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Every value says whose it is; `"of":"ada"` in its text. */
const ownersIn = (text: string) => [...text.matchAll(/"of\\*":\\*"(\w+)/g)].map(([, owner]) => owner)
const tokensOf = (user: string) => ({
  access: `access ${user}`,
  refresh: `refresh ${user}`,
  expiresAt: Infinity,
})
const userOf = (token: string | undefined) => token?.split(' ').at(-1)

/** Records what did not hold: a throw might be taken for a failure of the network. */
type MustHold = (holds: boolean, what: string) => void

/** A device whose store is inspected at the end of each transaction, in the state that would be committed. */
function inspectedDevice(scheduler: fc.Scheduler, mustHold: MustHold): Store {
  const store = memoryStore()
  /** Users with data here: from a log-in to their log-out, however many users are logged in between. */
  const known = new Set<string>()
  let before: string | undefined
  return {
    alone: (name, work) => store.alone(name, work),
    async transact(work) {
      await scheduler.schedule(Promise.resolve(), 'transaction')
      return store.transact(async (entries) => {
        const result = await work(entries)
        const now = JSON.parse((await entries.get('current account')) ?? '{}').subject as string | undefined
        if (before !== undefined && now === undefined) known.delete(before)
        if (now !== undefined) known.add(now)
        before = now
        for (const key of await entries.keys('of ')) {
          const [, owner = '', kind] = key.split(' ')
          mustHold(known.has(owner), `${key} is deleted at the log-out, and not stored after it`)
          mustHold(kind !== 'answer' || owner === now, `${key} is stored for the user who is logged in`)
          for (const found of ownersIn((await entries.get(key)) ?? ''))
            mustHold(found === owner, `${key} is of its own user; it is of ${found}`)
        }
        return result
      })
    },
  }
}

/** Two tabs, one device and one server; each step begins while those before it are still under way. */
async function play(scheduler: fc.Scheduler, steps: readonly Step[]): Promise<void> {
  const broken: string[] = []
  const mustHold: MustHold = (holds, what) => void (holds || broken.push(what))
  const device = inspectedDevice(scheduler, mustHold)
  let next: Pick<Step, 'fate' | 'refreshed'> = { fate: 'done', refreshed: 'ada' }

  const send: Send = async (_, { headers, body }) => {
    const { fate } = next
    const user = userOf(headers.get('authorization') ?? undefined)
    await scheduler.schedule(Promise.resolve(), 'request')
    if (fate === 'lost') throw new TypeError('lost')
    if (fate === 'fails') return new Response(null, { status: 502 })
    if (body !== undefined)
      mustHold(ownersIn(body).join() === user, `${body} arrives with the token of its user; it is of ${user}`)
    await scheduler.schedule(Promise.resolve(), 'answer')
    if (fate === 'answer lost') throw new TypeError('lost')
    if (user === undefined) return new Response(null, { status: 401 })
    return Response.json({ of: user }, { headers: { etag: `"${user}"` } })
  }

  const tabs = [0, 1].map(() => {
    let state: TabState | undefined
    const tab: Tab = { read: () => state, write: (given) => void (state = given) }
    const accounts = createAccounts({
      device,
      tab,
      identity: {
        async refresh(): Promise<Grant> {
          const { refreshed } = next
          await scheduler.schedule(Promise.resolve(), 'refresh')
          return { subject: refreshed, tokens: tokensOf(refreshed) }
        },
        revoke: async () => {},
      },
    })
    const page = (account: Account) => ({
      account,
      client: createMobileClient({ address: 'http://bff', account, send, patience: { tries: 1 } }),
    })
    let shown = page(nobody())
    const reload = async () => {
      shown = page((await accounts.open()) ?? nobody())
    }

    return async ({ act, user }: Step): Promise<void> => {
      const { account, client } = shown
      const owner = account.subject
      if (act === 'log in') {
        await accounts.logIn({ subject: user, tokens: tokensOf(user) })
        await reload()
      }
      if (act === 'log out') {
        await account.logOut()
        await reload()
      }
      if (act === 'reload') await reload()
      if (act === 'look') await account.store.transact(async () => {})
      if (act === 'expire' && state?.tokens) state = { ...state, tokens: { ...state.tokens, expiresAt: 0 } }
      if (act === 'flush') await client.outbox.flush()
      if (act === 'queue' && owner !== undefined)
        await client.later((api) =>
          api.v1.cart.items.$post({ json: Object.assign({ sku: 'S', quantity: 1 }, { of: owner }) }),
        )
      if (act === 'read') {
        const answer = await client.api.v1.home.$get()
        const of = answer.ok ? ownersIn(await answer.text()).join() : owner
        mustHold(of === owner, `an answer that ${owner} sees is of ${owner}; it is of ${of}`)
      }
    }
  })

  const unexpected: unknown[] = []
  const running: Promise<void>[] = []
  for (const given of steps) {
    next = given
    const done = tabs[given.tab]?.(given).catch((error: unknown) => {
      if (!(error instanceof AccountEnded) && String(error) !== 'TypeError: lost') unexpected.push(error)
    })
    running.push(done ?? Promise.resolve())
    for (let i = 0; i < given.progress; i++) {
      if (scheduler.count() > 0) await scheduler.waitOne()
      else await Promise.resolve()
    }
  }
  await scheduler.waitFor(Promise.all(running))
  expect([...broken, ...unexpected]).toEqual([])
}

it('nothing of a user is ever read, stored or sent as another user’s, in whatever order two tabs act', async () => {
  await fc.assert(fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 4, maxLength: 30 }), play), {
    numRuns: 1_000,
  })
}, 120_000)
