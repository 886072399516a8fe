import type { AnalyticsQueue, Cart, Clients } from '@harbor/shared-clients'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { beforeWriting } from '@harbor/shared-runtime/writes/idempotency'
import type { Precondition } from '@harbor/shared-runtime/writes/precondition'

type Request = { customerId: string; sku: string; quantity: number }

type Use = {
  clients: {
    readonly cart: Pick<Clients['cart'], 'ofCustomer' | 'addLine'>
    readonly inventory: Pick<Clients['inventory'], 'stock'>
  }
  analytics: Pick<AnalyticsQueue, 'record'>
  /** The same at every attempt of this write. */
  key: string
  /** What the cart has to be like. */
  precondition?: Precondition | undefined
}

/**
 * Puts so many of a product into the cart of a customer.
 * @throws {ProblemError} `NOT_FOUND` for an unknown SKU; `OUT_OF_STOCK` when there is none of it. Whether
 * there is enough is decided by the checkout.
 */
export async function addToCart(
  { customerId, ...line }: Request,
  { clients, analytics, key, precondition }: Use,
): Promise<Cart> {
  const [cart] = await beforeWriting(
    Promise.all([clients.cart.ofCustomer(customerId), requireStock(clients.inventory, line.sku)]),
  )
  const changed = await clients.cart.addLine(cart.id, line, { idempotencyKey: key, precondition })
  // biome-ignore lint/plugin: sent to the analytics service
  analytics.record({ name: 'cart_add', at: new Date().toISOString(), properties: line })
  return changed
}

async function requireStock(inventory: Use['clients']['inventory'], sku: string): Promise<void> {
  const stock = (await inventory.stock([sku])).whole().get(sku)
  if (!stock) throw new ProblemError('NOT_FOUND')
  if (!stock.warehouses.some(({ available }) => available > 0)) throw new ProblemError('OUT_OF_STOCK')
}
