import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { SEED } from '@harbor/shared-testing/seed'
import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Running, SEAL_KEYS, startProcess, upstreamAddresses } from './harness.ts'
import type { Answer, ShopFront, Shopper } from './shop-fronts.ts'

const CHECKOUTS = scaled(40, 1_000)
const REPLICAS = scaled(2, 3)
/** Customers who act in parallel, each one sequentially. */
const SHOPPERS = 12
/** Number of checkouts between two kills, and between two faults. */
const KILL_EVERY = 10
const FAULT_EVERY = 5
const PATIENCE_MS = 120_000

// Events are drawn before the run from a printed seed; only their timing depends on the machine.
const Purchase = fc.record({
  sku: fc.constantFrom(
    'HB-1001',
    'HB-1002',
    'HB-1004',
    'HB-1006',
    'HB-1008',
    'HB-1014',
    'HB-1016',
    'HB-1020',
  ),
  paymentMethod: fc.constantFrom(...Array<string>(9).fill('card'), 'declined'),
  /** A second checkout of the same cart at the same time, under another key. */
  rival: fc.boolean(),
  /** Milliseconds after which the app gives up and retries. */
  hangsUpAfterMs: fc.constantFrom(300, 7_000, 7_000, 7_000),
})
const Kill = fc.record({ replica: fc.nat(REPLICAS - 1), afterMs: fc.nat(200) })
const Fault = fc.record({
  service: fc.constantFrom(
    ...['inventory', 'fraud', 'payments', 'orders', 'shipping', 'cart', 'pricing', 'identity'],
  ),
  fault: fc.constantFrom<object>(
    ...[{ errorRate: 0.5 }, { hang: true }, { crash: true }, { malformed: true }, { latencyMs: 400 }],
  ),
  forMs: fc.integer({ min: 200, max: 800 }),
})
const exactly = <T>(length: number, of: fc.Arbitrary<T>) =>
  fc.array(of, { minLength: length, maxLength: length })
const Plan = fc.record({
  purchases: exactly(CHECKOUTS, Purchase),
  kills: exactly(Math.floor(CHECKOUTS / KILL_EVERY), Kill),
  faults: exactly(Math.floor(CHECKOUTS / FAULT_EVERY), Fault),
})

type Placed = {
  orders: { id: string; paymentId: string; reservationId: string; total: unknown; hasShipment: boolean }[]
  payments: { id: string; status: string; amount: unknown }[]
  reservations: { id: string }[]
}

type User = { username: string; mobileAccessToken: string }

/** Redis, the services and the replicas of one try: nothing of an earlier one is in them. */
async function openWorld(front: ShopFront) {
  const redis = await RedisServer.start()
  const services = await startProcess('mock-services')
  const control = services.addresses.control ?? ''
  const ask = async <T>(path: string): Promise<T> => (await fetch(`${control}${path}`)).json() as Promise<T>
  const clearFaults = () => fetch(`${control}/faults`, { method: 'DELETE' })
  await clearFaults()
  const demo = await ask<{ services: Parameters<typeof upstreamAddresses>[0] }>('/demo')
  const settings = {
    ...upstreamAddresses(demo.services),
    EVENTS_URL: `${control}/events`,
    REDIS_URL: redis.url,
    SEAL_KEYS,
  }
  const start = () => startProcess(front.process, settings)
  const replicas: (Running | undefined)[] = await Promise.all(Array.from({ length: REPLICAS }, start))
  let turn = 0

  return {
    redis,
    ask,
    clearFaults,
    setFault: (service: string, fault: object) =>
      fetch(`${control}/faults/${service}`, { method: 'PUT', body: JSON.stringify(fault) }),
    clearFault: (service: string) => fetch(`${control}/faults/${service}`, { method: 'DELETE' }),
    user: (customer: number) => ask<User>(`/users/c${customer}/tokens`),
    /** The public address of a replica, or of the next one that runs. */
    address(n?: number): string {
      const up = replicas.filter((replica) => replica !== undefined)
      return (n === undefined ? up[turn++ % up.length] : replicas[n])?.addresses.http ?? 'http://127.0.0.1:1'
    },
    async kill(n: number): Promise<void> {
      const replica = replicas[n]
      replicas[n] = undefined
      await replica?.kill()
    },
    async restart(n: number): Promise<void> {
      replicas[n] = await start()
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica?.kill()))
      await services.stop()
      redis.kill()
    },
  }
}

/** Checkouts by one BFF while processes are killed and services fail: each order is placed once or not at all. */
export function describeCheckoutUnderKills(front: ShopFront): void {
  describe.skipIf(!hasRedis())(`checkouts by ${front.process} while processes die and services fail`, () => {
    let world: Awaited<ReturnType<typeof openWorld>>
    beforeEach(async () => {
      world = await openWorld(front)
    })
    afterEach(() => world?.close())
    let repetitions = 0

    const login = async (customer: number): Promise<Shopper> => {
      const user = await world.user(customer)
      return whenThere((address) => front.login(address, customer, user))
    }

    /** Repeats a request until there is a final answer, as an app or a page does: any replica, the same key. */
    async function settled(
      ask: (address: string, signal: AbortSignal) => Promise<Answer | undefined>,
      hangsUpAfterMs = 7_000,
    ): Promise<Answer> {
      const giveUpAt = performance.now() + PATIENCE_MS
      let patienceMs = hangsUpAfterMs
      for (;;) {
        // No process, a broken connection, or a timeout: the outcome is unknown.
        const answer = await ask(world.address(), AbortSignal.timeout(patienceMs)).catch(() => undefined)
        if (answer) return answer
        if (performance.now() > giveUpAt) throw new Error(`no answer in ${PATIENCE_MS} ms`)
        repetitions++
        patienceMs = 7_000
        await pause(150)
      }
    }

    const add = (shopper: Shopper, sku: string) => {
      const key = randomUUID()
      return settled((address, signal) => front.add(address, shopper, { key, sku }, signal))
    }
    const order = (shopper: Shopper, body: object, key: string, hangsUpAfterMs?: number) =>
      settled((address, signal) => front.order(address, shopper, { key, body }, signal), hangsUpAfterMs)
    const bodyOf = (shopper: Shopper, paymentMethod: string): Promise<object> =>
      whenThere((address) => front.orderBody(address, shopper, paymentMethod))

    async function whenThere<T>(ask: (address: string) => Promise<T | undefined>): Promise<T> {
      const giveUpAt = performance.now() + PATIENCE_MS
      for (;;) {
        const found = await ask(world.address()).catch(() => undefined)
        if (found !== undefined) return found
        if (performance.now() > giveUpAt) throw new Error(`nothing in ${PATIENCE_MS} ms`)
        await pause(150)
      }
    }

    /** Waits until no checkout is open; then every order has its payment and reservation, and none is orphaned. */
    async function expectConsistent(): Promise<Placed['orders']> {
      const open = async () => Number(await world.redis.ask('ZCARD', `{${front.process}:checkout}:due`))
      await expect.poll(open, { timeout: 90_000, interval: 250 }).toBe(0)
      const { orders, payments, reservations } = await world.ask<Placed>('/placed')
      const authorised = payments.filter(({ status }) => status === 'AUTHORISED')
      expect(authorised.map(({ id }) => id).sort()).toEqual(orders.map(({ paymentId }) => paymentId).sort())
      expect(reservations.map(({ id }) => id).sort()).toEqual(
        orders.map((order) => order.reservationId).sort(),
      )
      for (const { paymentId, total, hasShipment } of orders) {
        expect(authorised.find(({ id }) => id === paymentId)?.amount).toEqual(total)
        expect(hasShipment).toBe(true)
      }
      const claims = (await world.redis.ask('KEYS', 'checkout:cart:*}')) as string[]
      const owners = await Promise.all(claims.map((claim) => world.redis.ask('HGET', claim, 'owner')))
      expect(owners.filter((owner) => owner !== null)).toEqual([])
      return orders
    }

    it(`places each of ${CHECKOUTS} orders once or not at all, whichever of two keys its cart is ordered with`, {
      timeout: scaled(240_000, 1_800_000),
    }, async () => {
      const [plan] = fc.sample(Plan, { seed: SEED, numRuns: 1 })
      if (!plan) throw new TypeError('no plan was drawn')
      const results: { key: string; shopper: Shopper; body: object; answer: Answer }[] = []
      let killing: Promise<void> = Promise.resolve()
      const breaking: Promise<void>[] = []
      let kills = 0
      let next = 0

      /** One after the other, so that each finds its replica running. */
      const kill = ({ replica, afterMs }: { replica: number; afterMs: number }) => {
        killing = killing.then(async () => {
          await pause(afterMs)
          await world.kill(replica)
          kills++
          await world.restart(replica)
        })
      }
      const breakService = async ({
        service,
        fault,
        forMs,
      }: {
        service: string
        fault: object
        forMs: number
      }) => {
        await world.setFault(service, fault)
        await pause(forMs)
        await world.clearFault(service)
      }

      async function shop(customer: number): Promise<void> {
        const shopper = await login(customer)
        for (;;) {
          const index = next++
          const purchase = plan?.purchases[index]
          if (!purchase) return
          const { sku, paymentMethod, rival, hangsUpAfterMs } = purchase
          const added = await add(shopper, sku)
          expect(added).toMatchObject({ outcome: 'done' })
          const planned = plan?.kills[Math.floor(index / KILL_EVERY)]
          if (index % KILL_EVERY === 0 && planned) kill(planned)
          const trouble = plan?.faults[Math.floor(index / FAULT_EVERY)]
          if (index % FAULT_EVERY === 2 && trouble) breaking.push(breakService(trouble))
          const body = await bodyOf(shopper, paymentMethod)
          const round = await Promise.all(
            (rival ? [randomUUID(), randomUUID()] : [randomUUID()]).map(async (key) => {
              const answer = await order(shopper, body, key, hangsUpAfterMs)
              return { key, shopper, body, answer }
            }),
          )
          results.push(...round)
          expect(round.filter(({ answer }) => answer.outcome === 'done').length).toBeLessThanOrEqual(1)
          if (!round.some(({ answer }) => answer.reason === 'OUT_OF_STOCK')) continue
          for (const line of added.skus ?? []) {
            const key = randomUUID()
            await settled((address, signal) => front.remove(address, shopper, { key, sku: line }, signal))
          }
        }
      }

      const started = performance.now()
      await Promise.all(Array.from({ length: SHOPPERS }, (_, n) => shop(1_200 + n)))
      await Promise.all([killing, ...breaking])
      await world.clearFaults()
      const orders = await expectConsistent()

      const placed = results.filter(({ answer }) => answer.outcome === 'done')
      const refused = results.filter(({ answer }) => answer.outcome !== 'done')
      const reasons = Map.groupBy(refused, ({ answer }) => String(answer.reason))
      process.stderr.write(
        `SEED=${SEED}: ${results.length} checkouts in ${Math.round((performance.now() - started) / 1_000)} s: ${placed.length} placed, ` +
          `${[...reasons].map(([reason, { length }]) => `${length} ${reason}`).join(', ') || 'none refused'}; ` +
          `${kills} kills, ${breaking.length} faults, ${repetitions} repetitions\n`,
      )
      expect([kills, breaking.length]).toEqual([plan.kills.length, plan.faults.length])
      expect(orders.map(({ id }) => id).sort()).toEqual(
        placed.map(({ answer }) => String(answer.orderId)).sort(),
      )
      for (const { shopper, body, key, answer } of placed.slice(0, 20))
        expect(await order(shopper, body, key)).toEqual({ ...answer, replayed: true })
    })

    it('a cart whose checkout is killed while it pays is not ordered by another key on another replica', {
      timeout: 120_000,
    }, async () => {
      const shopper = await login(1_200)
      await add(shopper, 'HB-1001')
      const body = await bodyOf(shopper, 'card')
      const [first, second] = [randomUUID(), randomUUID()]
      const post = (replica: number, key: string) =>
        front.order(world.address(replica), shopper, { key, body }, AbortSignal.timeout(60_000))
      await world.setFault('payments', { hang: true })
      const lost = post(0, first).catch(() => 'cut off')
      const paying = async () =>
        Object.keys((await world.ask<Record<string, object>>('/calls')).payments ?? {}).length
      await expect.poll(paying, { timeout: 30_000 }).toBeGreaterThan(0)
      await world.kill(0)
      expect(await lost).toBe('cut off')
      const rival = await post(1, second)
      expect(rival).toMatchObject({ outcome: 'refused', reason: 'IN_CHECKOUT' })
      await world.clearFaults()
      const answer = await order(shopper, body, first)
      expect(answer.outcome).toBe('done')
      expect((await expectConsistent()).map(({ id }) => id)).toEqual([answer.orderId])
      const late = await order(shopper, body, randomUUID())
      expect(late).toMatchObject({ outcome: 'refused', reason: front.reasonOfLate })
    })
  })
}
