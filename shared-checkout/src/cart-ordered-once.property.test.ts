import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { sealOf } from '@harbor/shared-runtime/seal'
import { type Claims, openClaims } from '@harbor/shared-runtime/writes/claims'
import { NoEffectError } from '@harbor/shared-runtime/writes/idempotency'
import { type LeasedRecords, openRecords } from '@harbor/shared-runtime/writes/leases'
import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFakeShop, DECLINED, type FakeShop } from '../test/fake-shop.ts'
import { cartClaims } from './cart-claims.ts'
import { createCheckout } from './checkout.ts'
import type { PlacedOrder } from './state.ts'

const LEASE_MS = 30
const BUDGET_MS = 400
const CARTS = ['k0', 'k1'] as const
const log = createLog('test', 'silent')

type Stores = { journals: LeasedRecords; claims: Claims }

const openStores = (): Stores => ({
  journals: openRecords({
    redis: undefined,
    namespace: 'test',
    seal: sealOf({}),
    keepMs: 60_000,
    recovered: true,
  }),
  claims: openClaims({ redis: undefined, namespace: 'test' }),
})

/** A process that is killed at a chosen point of its work. Work that reaches any point after that never continues. */
class Life {
  #left: number
  #lost: ReadonlySet<number>
  #calls = 0
  readonly #ended = Promise.withResolvers<'ended'>()
  readonly #resumed = Promise.withResolvers<void>()
  readonly ended = this.#ended.promise

  /**
   * @param endsAt the point at which it ends
   * @param lost calls of upstreams whose answers do not arrive
   */
  constructor(endsAt: number, lost: readonly number[]) {
    this.#left = endsAt
    this.#lost = new Set(lost)
  }
  async pass(): Promise<void> {
    await sleep(0)
    if (this.#left-- > 0) return
    this.#ended.resolve('ended')
    await this.#resumed.promise
  }
  async answered(): Promise<void> {
    const call = this.#calls++
    await this.pass()
    if (this.#lost.has(call)) throw new Error('no answer')
  }
  /** It was only stopped. */
  resume(): void {
    this.#left = Number.POSITIVE_INFINITY
    this.#resumed.resolve()
  }
}

/** Puts a point before and after each call. */
function watched<T extends object>(port: T, life: Life): T {
  return new Proxy(port, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        await life.pass()
        const answer: unknown = await Reflect.apply(method, target, args)
        await life.pass()
        return answer
      }
    },
  })
}

/** One process of a BFF. */
function start(bff: string, { journals, claims }: Stores, shop: FakeShop, life: Life) {
  const clients = shop.clients({ before: () => life.pass(), after: () => life.answered() })
  const checkout = createCheckout({
    name: bff,
    clientsFor: () => clients,
    journals: watched(journals, life),
    claims: cartClaims(watched(claims, life)),
    log,
  })
  return {
    checkout,
    place(cartId: string, id: string, paymentMethod: string): Promise<PlacedOrder> {
      const context = createRequestContext({ budgetMs: BUDGET_MS })
      const request = { customerId: `customer of ${cartId}`, cartId, paymentMethod }
      return checkout.place(request, { id, context, clients, leaseMs: LEASE_MS }).finally(context.end)
    },
  }
}

const Ask = fc.record({
  cart: fc.constantFrom(...CARTS),
  key: fc.nat(3),
  slot: fc.constantFrom(0, 1),
  method: fc.constantFrom('card', 'card', 'card', DECLINED),
  afterMs: fc.nat(60),
} as const)
const Change = fc.record({ cart: fc.constantFrom(...CARTS), afterMs: fc.nat(60) } as const)
const Death = fc.oneof(
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
  { weight: 3, arbitrary: fc.nat(60) },
)
const Lost = fc.uniqueArray(fc.nat(30), { maxLength: 3 })
const Trouble = fc.record({
  asks: fc.array(Ask, { minLength: 2, maxLength: 8 }),
  changes: fc.array(Change, { maxLength: 3 }),
  deaths: fc.tuple(Death, Death),
  lost: fc.tuple(Lost, Lost),
})
type Ask = typeof Ask extends fc.Arbitrary<infer Value> ? Value : never
type Trouble = typeof Trouble extends fc.Arbitrary<infer Value> ? Value : never

type Setting = { guarded: boolean; bffs: readonly [string, string]; stores: readonly [Stores, Stores] }

/** Two processes that may die once and are replaced; consumers that repeat until there is an outcome. */
async function live({ asks, changes, deaths, lost }: Trouble, { guarded, bffs, stores }: Setting) {
  const shop = createFakeShop({ guarded })
  for (const cart of CARTS) shop.add(cart)
  const open = (slot: 0 | 1, life: Life) => ({ life, ...start(bffs[slot], stores[slot], shop, life) })
  const first = [open(0, new Life(deaths[0], lost[0])), open(1, new Life(deaths[1], lost[1]))] as const
  const immortal = () => new Life(Number.POSITIVE_INFINITY, [])
  const second = [open(0, immortal()), open(1, immortal())] as const
  for (const slot of [0, 1] as const)
    void first[slot].life.ended.then(() => second[slot].checkout.part.start())

  const idOf = ({ key, cart, method }: Ask): string => `${key}-${cart}-${method}`
  /** Asks once; gives the order, the reason of a final refusal, or nothing. */
  async function ask(one: Ask, process: (typeof first)[number]) {
    const id = `${bffs[one.slot]} ${idOf(one)}`
    try {
      const { id: order } = await process.place(one.cart, idOf(one), one.method)
      return { id, order }
    } catch (caught) {
      const error = caught instanceof NoEffectError ? caught.cause : caught
      if (error instanceof ProblemError && !error.retryable) return { id, reason: error.reason }
      return undefined
    }
  }
  async function consumer(one: Ask) {
    await sleep(one.afterMs)
    let process = first[one.slot]
    for (let tries = 0; tries < 400; tries++) {
      const outcome = await Promise.race([ask(one, process), process.life.ended])
      if (outcome === 'ended') process = second[one.slot]
      else if (outcome) return outcome
      else await sleep(5)
    }
    throw new Error(`${idOf(one)}: no outcome`)
  }
  const changing = changes.map(async ({ cart, afterMs }) => {
    await sleep(afterMs)
    shop.add(cart)
  })
  const outcomes = await Promise.all(asks.map(consumer))
  await Promise.all(changing)
  // A repetition finishes what was left for later, and says the same.
  for (const [n, one] of asks.entries()) {
    if (outcomes[n] && !('order' in outcomes[n])) continue
    await expect.poll(() => ask(one, second[one.slot]), { interval: 10 }).toBeDefined()
    expect(await ask(one, second[one.slot])).toEqual(outcomes[n])
  }
  // The dead were only stopped: what they still do changes nothing.
  for (const { life } of first) life.resume()
  for (const { checkout } of second) await checkout.part.stop()
  await sleep(20)
  return { shop, outcomes, place: second[0].place }
}

/** Every state of a cart is ordered once at most, and there is no charge and no reservation without an order. */
function expectOncePerState({ shop, outcomes }: Awaited<ReturnType<typeof live>>): void {
  const states = shop.orders.map(({ cartId, cartVersion }) => `${cartId} ${cartVersion}`)
  expect(states).toEqual([...new Set(states)])
  for (const cart of CARTS) {
    const ordered = shop.orders.filter(({ cartId }) => cartId === cart)
    expect(ordered.reduce((sum, { quantity }) => sum + quantity, 0)).toBeLessThanOrEqual(shop.addedTo(cart))
  }
  expect(shop.authorised().toSorted()).toEqual(shop.orders.map(({ paymentId }) => paymentId).toSorted())
  expect(shop.reserved().toSorted()).toEqual(shop.orders.map((order) => order.reservationId).toSorted())
  // An order belongs to one request: to a request and its repetitions, that is.
  const placed = new Map(
    outcomes.flatMap((outcome) => ('order' in outcome ? [[outcome.id, outcome.order]] : [])),
  )
  expect([...placed.values()].toSorted()).toEqual(shop.orders.map(({ id }) => id).toSorted())
}

const shared = (): readonly [Stores, Stores] => {
  const stores = openStores()
  return [stores, stores]
}
/** Two BFFs on one Redis: a journal each, the same claims. */
const sharedClaims = (): readonly [Stores, Stores] => {
  const [one, other] = [openStores(), openStores()]
  return [one, { ...other, claims: one.claims }]
}

/** Two BFFs with nothing in common but the services. */
const apart = (): readonly [Stores, Stores] => [openStores(), openStores()]

describe('a state of a cart is ordered once, whatever dies and whichever answers are lost', () => {
  it.each([
    ['two replicas, and services that do not look at versions', false, ['mobile', 'mobile'], shared],
    ['two replicas', true, ['mobile', 'mobile'], shared],
    [
      'two BFFs on one Redis, and services that do not look at versions',
      false,
      ['mobile', 'web'],
      sharedClaims,
    ],
    ['two BFFs that share nothing but the services', true, ['mobile', 'web'], apart],
  ] as const)('with %s', { timeout: scaled(120_000, 1_800_000) }, async (_, guarded, bffs, open) => {
    await fc.assert(
      fc.asyncProperty(Trouble, async (trouble) => {
        const lived = await live(trouble, { guarded, bffs, stores: open() })
        expectOncePerState(lived)
        // No claim is left behind: each cart can be ordered in its next state.
        for (const cart of CARTS) {
          lived.shop.add(cart)
          expect(await lived.place(cart, `last-${cart}`, 'card')).toHaveProperty('id')
        }
      }),
      { numRuns: scaled(12, 1_000) },
    )
  })
})
