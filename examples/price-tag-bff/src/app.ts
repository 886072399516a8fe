import type { ClientSet } from '@harbor/shared-clients'
import { httpEdge } from '@harbor/shared-edge/http/http-edge'
import type { EdgeEnv } from '@harbor/shared-edge/http/tracing'
import { arrivalOf } from '@harbor/shared-runtime/arrival'
import { critical, fanOut, optional } from '@harbor/shared-runtime/fan-out'
import type { Log } from '@harbor/shared-runtime/log'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { Hono } from 'hono'
import { z } from 'zod'

const BUDGET_MS = 300

/** The allow-list: what it does not name never leaves. */
const PriceTag = z.object({
  name: z.string(),
  price: z.object({ amount: z.int(), currency: z.string() }).nullable(),
  degraded: z.array(z.string()),
})

type Dependencies = { clients: Pick<ClientSet, 'forRequest'>; log: Log }

/** The API for price tags: what a tag on a shelf shows of a product. */
export function createApp({ clients, log }: Dependencies) {
  const app = new Hono<EdgeEnv>()
  httpEdge(app, { log, challenge: () => 'Bearer' })

  app.get('/tags/:sku', async (c) => {
    const sku = c.req.param('sku')
    const context = createRequestContext({
      budgetMs: BUDGET_MS,
      arrivedAt: arrivalOf(c.env?.incoming),
      trace: c.var.trace,
      consumer: c.req.raw.signal,
    })
    try {
      const { catalog, pricing } = clients.forRequest(context)
      const { values, degraded } = await fanOut(
        { product: critical(catalog.nowBySkus([sku])), price: optional(pricing.prices([sku])) },
        context,
      )
      const product = values.product.get(sku)
      if (!product) return c.notFound()
      const price = values.price?.get(sku)
      return c.json(
        PriceTag.parse({
          name: product.name,
          price: price ? { amount: price.saleMinor, currency: price.currency } : null,
          degraded,
        }),
      )
    } finally {
      context.end()
    }
  })
  return app
}
