import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import type { Calls } from './calls.ts'
import { NotHeldError } from './events.ts'
import { Fault, type Faults } from './faults.ts'
import { ORDER_STATUSES } from './seed/orders.ts'
import { isServiceName, SERVICE_NAMES } from './service-names.ts'
import type { World } from './world/index.ts'

type Control = {
  world: World
  calls: Calls
  faults: Faults
  demo: () => Promise<unknown>
  /** Access tokens of a user; `undefined` when there is no such user. */
  tokensOf: (userId: string) => Promise<unknown>
}

const StockChange = z.strictObject({ available: z.int().min(0).max(4_000_000_000) })
const PriceChange = z.strictObject({ saleMinor: z.int().min(0) })
const ProductChange = z.strictObject({ name: z.string().min(1).max(200), active: z.boolean() }).partial()
const OrderChange = z.strictObject({ status: z.enum(ORDER_STATUSES) })

/** The control port: demo data, faults, counts, changes and the event feed. For demos, tests and benches only. */
export function controlListener({ world, calls, faults, demo, tokensOf }: Control) {
  const app = new Hono()
  const done = (c: Context, found: unknown) =>
    found ? c.json({ ok: true }) : refuse(c, 404, 'no such thing in the seed')

  app.get('/livez', (c) => c.text('ok'))
  app.get('/readyz', (c) => c.text('ok'))
  app.get('/demo', async (c) => c.json(await demo()))

  app.get('/faults', (c) => c.json(Object.fromEntries(SERVICE_NAMES.map((name) => [name, faults.of(name)]))))
  app.put('/faults/:service', async (c) => {
    const service = c.req.param('service')
    if (!isServiceName(service)) return refuse(c, 400, wrongService(service))
    const fault = Fault.safeParse(await bodyOf(c))
    if (!fault.success) return refuse(c, 400, `${z.prettifyError(fault.error)}\nallowed: ${ALLOWED_FAULTS}`)
    await faults.set(service, fault.data)
    return c.json(faults.of(service))
  })
  app.delete('/faults', async (c) => done(c, [await faults.clear()]))
  app.delete('/faults/:service', async (c) => {
    const service = c.req.param('service')
    if (!isServiceName(service)) return refuse(c, 400, wrongService(service))
    return done(c, [await faults.clear(service)])
  })

  app.get('/calls', (c) => c.json(calls.counts()))
  app.delete('/calls', (c) => done(c, [calls.reset()]))
  app.get('/calls/last', (c) => {
    const service = c.req.query('service') ?? ''
    return isServiceName(service) ? c.json(calls.last(service)) : refuse(c, 400, wrongService(service))
  })

  app.put('/stock/:store/:sku', (c) =>
    change(c, StockChange, ({ available }) =>
      world.stock.set(c.req.param('store'), c.req.param('sku'), available),
    ),
  )
  app.put('/prices/:sku', (c) =>
    change(c, PriceChange, ({ saleMinor }) => world.prices.set(c.req.param('sku'), saleMinor)),
  )
  app.put('/products/:id', (c) =>
    change(c, ProductChange, (product) => world.catalog.change(c.req.param('id'), product)),
  )
  app.post('/products', (c) => {
    const { id, sku } = world.catalog.add()
    return c.json({ id, sku }, 201)
  })
  app.delete('/products/:id', (c) => done(c, world.catalog.remove(c.req.param('id'))))
  app.put('/orders/:id', (c) =>
    change(c, OrderChange, ({ status }) => world.orders.setStatus(c.req.param('id'), status, 'staff:s1')),
  )

  app.get('/users/:id/tokens', async (c) => {
    const tokens = await tokensOf(c.req.param('id'))
    return tokens ? c.json(tokens) : refuse(c, 404, 'no such user in the seed')
  })
  app.get('/placed', (c) =>
    c.json({
      orders: world.orders.since().map(({ order, hasShipment }) => ({
        id: order.id,
        customerId: order.customerId,
        paymentId: order.paymentId,
        reservationId: order.reservationId,
        total: order.total,
        hasShipment,
      })),
      payments: world.payments
        .since()
        .map(({ id, customerId, status, amount }) => ({ id, customerId, status, amount })),
      reservations: [...world.stock.reservations()].map(([id, lines]) => ({ id, lines })),
    }),
  )

  app.get('/events', (c) => {
    const asked = c.req.header('last-event-id') ?? c.req.query('after')
    const after = asked || world.events.lastId()
    try {
      world.events.requireHeld(after)
    } catch (error) {
      if (error instanceof NotHeldError) return refuse(c, 410, error.message)
      throw error
    }
    c.header('x-accel-buffering', 'no')
    return streamSSE(c, async (stream) => {
      const gone = new AbortController()
      stream.onAbort(() => gone.abort())
      // Says at once that the feed is up, and from where a reader without an id goes on.
      await stream.writeSSE({ id: after, event: 'ready', data: '{}' })
      for await (const item of world.events.follow(after, { signal: gone.signal })) {
        if ('heartbeat' in item) await stream.write(': heartbeat\n\n')
        else await stream.writeSSE({ id: item.id, event: item.type, data: JSON.stringify(item.data) })
      }
    })
  })

  app.notFound((c) => refuse(c, 404, 'no such route'))
  return getRequestListener(app.fetch)

  async function change<T>(c: Context, schema: z.ZodType<T>, apply: (body: T) => unknown) {
    const body = schema.safeParse(await bodyOf(c))
    return body.success ? done(c, apply(body.data)) : refuse(c, 400, z.prettifyError(body.error))
  }
}

const ALLOWED_FAULTS =
  'latencyMs (0…600000), errorRate (0…1), hang, dripBytesPerSecond (1…), malformed, brokenRow, unknownEnum, refuse, crash (true or false)'

const wrongService = (given: string): string =>
  `service: "${given}" is not one of ${SERVICE_NAMES.join(', ')}`

const bodyOf = (c: Context): Promise<unknown> => c.req.json().catch(() => undefined)

const refuse = (c: Context, status: 400 | 404 | 410, message: string) =>
  c.json(
    { error: { code: { 400: 'INVALID_ARGUMENT', 404: 'NOT_FOUND', 410: 'GONE' }[status], message } },
    status,
  )
