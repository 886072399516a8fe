import { z } from 'zod'
import { type GrpcCall, grpcClient } from '../call/grpc.ts'
import { PricingServiceClient } from '../gen/pricing.ts'
import { fetchByKeys } from '../rows/batch.ts'
import { Audit, grpcListing, grpcPageOf, type ListingQuery, TABLE } from '../rows/listing.ts'
import { keyedRows } from '../rows/parsed-rows.ts'
import { cacheKind, SPIKE } from './cache-policies.ts'

const Currency = z.string().length(3)
const Minor = z.int()

export const Price = z.object({
  sku: z.string().min(1),
  currency: Currency,
  listMinor: Minor,
  /** What the customer pays now. */
  saleMinor: Minor,
  discountBasisPoints: z.int(),
})
export type Price = z.infer<typeof Price>

const PriceRow = Price.extend({
  priceListId: z.string(),
  validUntil: z.iso.datetime(),
  audit: Audit,
})
export type PriceRow = z.infer<typeof PriceRow>

const PricePage = grpcPageOf('pricing', PriceRow)

export const Quote = z.object({
  quoteId: z.string().min(1),
  currency: Currency,
  lines: z.array(
    z.object({
      sku: z.string().min(1),
      quantity: z.int(),
      unitMinor: Minor,
      totalMinor: Minor,
      discountBasisPoints: z.int(),
    }),
  ),
  subtotalMinor: Minor,
  discountMinor: Minor,
  totalMinor: Minor,
  /** The version of the cart that was quoted. */
  cartVersion: z.int().nonnegative(),
})
export type Quote = z.infer<typeof Quote>

const PriceAnswer = z.object({ prices: keyedRows('pricing', Price, 'sku') })

const PRICES = cacheKind({ namespace: 'pricing:price', schema: Price, policy: SPIKE })

const fetchPrices = (
  call: GrpcCall,
  stub: PricingServiceClient,
  skus: readonly string[],
  options?: { alone: boolean; timeoutMs?: number },
) =>
  fetchByKeys(
    skus,
    async (some) =>
      (
        await call.unary(stub.getPrices.bind(stub), { skus: [...some], currency: '' }, PriceAnswer, {
          read: 'getPrices',
          ...options,
        })
      ).prices,
  )

export const pricing = grpcClient(
  'pricing',
  { timeoutMs: 300, stub: PricingServiceClient },
  (call, stub, cached) => ({
    /** Prices of the SKUs that have one, by SKU. */
    prices: (skus: readonly string[]) =>
      cached(PRICES).byIds(skus, (call, missing) => fetchPrices(call, stub, missing)),
    /** The same as they are now: neither out of the cache nor the answer to somebody who asked earlier; fails when one is malformed. */
    pricesNow: async (skus: readonly string[], options?: { timeoutMs?: number }) =>
      (await fetchPrices(call, stub, skus, { alone: true, ...options })).whole(),
    /** For staff: the price of each SKU, as it is now. */
    rows: ({ sku = '', ...page }: ListingQuery & { sku?: string | undefined }) =>
      call.unary(stub.listPrices.bind(stub), { ...grpcListing(page), sku }, PricePage, {
        read: 'listPrices',
        alone: true,
        ...TABLE,
      }),
    /** What a cart costs as it is now, before tax and shipping. */
    quote: (cartId: string, options?: { timeoutMs?: number }) =>
      call.unary(stub.quoteCart.bind(stub), { cartId, lines: [], currency: '' }, Quote, {
        read: 'quoteCart',
        owned: true,
        ...options,
      }),
  }),
)
