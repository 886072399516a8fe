import { createHash } from 'node:crypto'
import { status } from '@grpc/grpc-js'
import { z } from 'zod'
import { type Caller, maySee } from '../auth.ts'
import { listedOverGrpc, requireMayList } from '../grpc-listing.ts'
import { type GrpcMethods, GrpcRefusal, rpc } from '../grpc-service.ts'
import type { Listing } from '../listing.ts'
import { inAnyOrder } from '../routes.ts'
import type { ProductHead } from '../seed/products.ts'
import { CURRENCY } from '../seed/reference.ts'
import type { World } from '../world/index.ts'

export const PRICING_PROTO = { file: 'pricing.proto', service: 'harbor.pricing.v1.PricingService' }

const Prices = z.object({ skus: z.array(z.string()).max(500), currency: z.string() })
const Quote = z.object({
  cart_id: z.string(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })).max(500),
  currency: z.string(),
})

const Rows = z.object({ cursor: z.string(), limit: z.int(), sort: z.string(), sku: z.string() })

export const pricingMethods = ({ prices, carts }: World): GrpcMethods => {
  const currencyOf = (asked: string): string => {
    const currency = asked || CURRENCY
    if (!prices.knows(currency)) throw new GrpcRefusal(status.INVALID_ARGUMENT, 'currency: not one of ours')
    return currency
  }
  /** Without lines, a quote is for the cart as it is now. */
  const quoted = ({ cart_id, lines }: z.infer<typeof Quote>, caller: Caller) => {
    if (lines.length > 0) return { lines, version: 0 }
    const cart = carts.of(cart_id)
    if (!cart || !maySee(caller, cart.customerId)) throw new GrpcRefusal(status.NOT_FOUND, 'no such cart')
    return cart
  }
  const PRICES: Listing<ProductHead> = {
    idOf: ({ sku }) => sku,
    sorts: new Map([
      ['sku', ({ number }: ProductHead) => number],
      ['sale', prices.saleMinorOf],
      ['discount', prices.discountOf],
    ]),
    usual: 'sku',
    filters: new Map([['sku', ({ sku }: ProductHead, given) => sku === given]]),
  }
  return {
    ListPrices: rpc(Rows, (request, caller) => {
      requireMayList(caller)
      return listedOverGrpc(request, prices.rows(), PRICES, (head) => ({
        ...prices.of(head.sku, CURRENCY),
        audit: prices.auditOf(head),
      }))
    }),

    GetPrices: rpc(Prices, ({ skus, currency }) => {
      const asked = currencyOf(currency)
      return { prices: inAnyOrder([...new Set(skus)]).flatMap((sku) => prices.of(sku, asked) ?? []) }
    }),

    QuoteCart: rpc(Quote, (request, caller) => {
      const currency = currencyOf(request.currency)
      const source = quoted(request, caller)
      const lines = source.lines.map(({ sku, quantity }) => {
        const price = prices.of(sku, currency)
        if (!price) throw new GrpcRefusal(status.NOT_FOUND, `${sku} is not sold`)
        return { sku, quantity, price }
      })
      const sum = (of: (line: (typeof lines)[number]) => number) =>
        lines.reduce((total, line) => total + of(line), 0)
      const subtotal_minor = sum(({ quantity, price }) => quantity * price.list_minor)
      const total_minor = sum(({ quantity, price }) => quantity * price.sale_minor)
      return {
        quote_id: `qte-${createHash('sha256')
          .update(JSON.stringify([request.cart_id, lines]))
          .digest('hex')
          .slice(0, 16)}`,
        currency,
        lines: lines.map(({ sku, quantity, price }) => ({
          sku,
          quantity,
          unit_minor: price.sale_minor,
          total_minor: quantity * price.sale_minor,
          discount_basis_points: price.discount_basis_points,
        })),
        subtotal_minor,
        discount_minor: subtotal_minor - total_minor,
        total_minor,
        cart_version: source.version,
      }
    }),
  }
}
