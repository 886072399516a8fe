/** Checkouts while processes are killed and services fail: each order is placed once or not at all. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { scaled } from '@harbor/shared-testing/soak'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Running, SEAL_KEYS, startProcess, upstreamAddresses } from './harness.ts'

const CHECKOUTS = scaled(40, 1_000)
const REPLICAS = scaled(2, 3)
/** Customers who shop side by side, each one thing after the other. */
const SHOPPERS = 12
const FAULTS = [{ errorRate: 0.5 }, { hang: true }, { crash: true }, { malformed: true }, { latencyMs: 400 }]
const SERVICES = ['inventory', 'fraud', 'payments', 'orders', 'shipping', 'cart', 'pricing', 'identity']
const PATIENCE_MS = 120_000

/** What of a cart, an order or a problem is looked at here. */
type Body = {
  retryable?: boolean
  code?: string
  reason?: string
  orderId?: string
  lines?: { sku: string }[]
}
type Answer = { status: number; json: Body; replayed: boolean }
type Placed = {
  orders: { id: string; paymentId: string; reservationId: string; total: unknown; hasShipment: boolean }[]
  payments: { id: string; status: string; amount: unknown }[]
  reservations: { id: string }[]
}

const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T

describe.skipIf(!hasRedis())('checkouts on a bad day', () => {
  let redis: RedisServer
  let services: Running
  let control = ''
  let settings: Record<string, string>
  const replicas: (Running | undefined)[] = []
  const trouble: Promise<void>[] = []
  const counts = { kills: 0, faults: 0, repetitions: 0 }
  const started = performance.now()

  const start = async (n: number) => {
    replicas[n] = await startProcess('rest-mobile-bff', settings)
  }
  const ask = async <T>(path: string): Promise<T> => (await fetch(`${control}${path}`)).json() as Promise<T>

  beforeAll(async () => {
    redis = await RedisServer.start()
    services = await startProcess('mock-services')
    control = services.addresses.control ?? ''
    await fetch(`${control}/faults`, { method: 'DELETE' })
    const demo = await ask<{ services: Parameters<typeof upstreamAddresses>[0] }>('/demo')
    settings = {
      ...upstreamAddresses(demo.services),
      EVENTS_URL: `${control}/events`,
      REDIS_URL: redis.url,
      SEAL_KEYS,
    }
    await Promise.all(Array.from({ length: REPLICAS }, (_, n) => start(n)))
  })
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica?.kill()))
    await services?.stop()
    redis?.kill()
  })

  /** Asks until there is an answer that counts, as the app does: another replica, the same key. */
  async function write(
    token: string,
    method: string,
    path: string,
    body?: object,
    key: string = randomUUID(),
  ): Promise<Answer> {
    const giveUpAt = performance.now() + PATIENCE_MS
    for (;;) {
      try {
        const answer = await fetch(
          `${pick(replicas.filter((replica) => replica !== undefined)).addresses.http}${path}`,
          {
            method,
            headers: {
              authorization: `Bearer ${token}`,
              'idempotency-key': key,
              ...(body && { 'content-type': 'application/json' }),
            },
            ...(body && { body: JSON.stringify(body) }),
            // Some hang up early.
            signal: AbortSignal.timeout(pick([300, 7_000, 7_000, 7_000])),
          },
        )
        const json = (await answer.json()) as Body
        if (!json.retryable && answer.status < 500) {
          const replayed = answer.headers.get('idempotency-replayed') === 'true'
          return { status: answer.status, json, replayed }
        }
      } catch {
        // Nobody there, cut off, or too slow: the outcome is not known.
      }
      if (performance.now() > giveUpAt) throw new Error(`${method} ${path}: no answer in ${PATIENCE_MS} ms`)
      counts.repetitions++
      await pause(50 + Math.random() * 250)
    }
  }

  /** Kills a replica a moment from now, and starts another in its place. */
  async function kill(): Promise<void> {
    await pause(Math.random() * 200)
    const n = Math.floor(Math.random() * REPLICAS)
    const replica = replicas[n]
    // The one before it is just being replaced.
    if (!replica) return
    replicas[n] = undefined
    counts.kills++
    await replica.kill()
    await start(n)
  }

  async function breakService(): Promise<void> {
    const service = pick(SERVICES)
    counts.faults++
    await fetch(`${control}/faults/${service}`, { method: 'PUT', body: JSON.stringify(pick(FAULTS)) })
    await pause(200 + Math.random() * 600)
    await fetch(`${control}/faults/${service}`, { method: 'DELETE' })
  }

  it(`places each of ${CHECKOUTS} orders once or not at all, and stock and payments agree with the orders`, {
    timeout: scaled(180_000, 1_800_000),
  }, async () => {
    const results: { key: string; token: string; body: object; answer: Answer }[] = []
    let left = CHECKOUTS

    async function shop(customer: number): Promise<void> {
      const { mobileAccessToken: token } = await ask<{ mobileAccessToken: string }>(
        `/users/c${customer}/tokens`,
      )
      while (left-- > 0) {
        const sku = `HB-${pick([1001, 1002, 1004, 1006, 1008, 1014, 1016, 1020])}`
        const added = await write(token, 'POST', '/v1/cart/items', { sku, quantity: 1 })
        expect(added.status).toBe(200)
        const key = randomUUID()
        const paymentMethod = Math.random() < 0.1 ? 'declined' : 'card'
        const body = { cartId: `k${customer}`, paymentMethod }
        if (left % 10 === 0) trouble.push(kill())
        if (left % 5 === 2) trouble.push(breakService())
        const answer = await write(token, 'POST', '/v1/checkout', body, key)
        results.push({ key, token, body, answer })
        if (answer.json.reason !== 'OUT_OF_STOCK') continue
        const { lines = [] } = added.json
        for (const line of lines) await write(token, 'DELETE', `/v1/cart/items/${line.sku}`)
      }
    }

    await Promise.all(Array.from({ length: SHOPPERS }, (_, n) => shop(1_200 + n)))
    await Promise.all(trouble)
    await fetch(`${control}/faults`, { method: 'DELETE' })

    const open = async () => Number(await redis.ask('ZCARD', '{rest-mobile-bff:checkout}:due'))
    await expect.poll(open, { timeout: 90_000, interval: 250 }).toBe(0)

    const { orders, payments, reservations } = await ask<Placed>('/placed')
    const answered = results.filter(({ answer }) => answer.status === 201)
    const refused = results.filter(({ answer }) => answer.status !== 201)
    const reasons = Map.groupBy(refused, ({ answer }) => String(answer.json.reason ?? answer.json.code))
    process.stderr.write(
      `${CHECKOUTS} checkouts in ${Math.round((performance.now() - started) / 1_000)} s: ${answered.length} placed, ` +
        `${[...reasons].map(([reason, { length }]) => `${length} ${reason}`).join(', ') || 'none refused'}; ` +
        `${counts.kills} kills, ${counts.faults} faults, ${counts.repetitions} repetitions\n`,
    )

    expect(results).toHaveLength(CHECKOUTS)
    expect(orders.map(({ id }) => id).sort()).toEqual(
      answered.map(({ answer }) => String(answer.json.orderId)).sort(),
    )
    const authorised = payments.filter(({ status }) => status === 'AUTHORISED')
    expect(authorised.map(({ id }) => id).sort()).toEqual(orders.map(({ paymentId }) => paymentId).sort())
    expect(reservations.map(({ id }) => id).sort()).toEqual(
      orders.map(({ reservationId }) => reservationId).sort(),
    )
    for (const { paymentId, total, hasShipment } of orders) {
      expect(authorised.find(({ id }) => id === paymentId)?.amount).toEqual(total)
      expect(hasShipment).toBe(true)
    }
    for (const { token, body, key, answer } of results.slice(0, 20)) {
      const again = await write(token, 'POST', '/v1/checkout', body, key)
      expect(again).toEqual({ ...answer, replayed: true })
    }
    expect(counts.kills).toBeGreaterThan(0)
  })
})
