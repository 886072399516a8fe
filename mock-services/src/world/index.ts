import { createEventLog } from '../events.ts'
import { createCarts } from './carts.ts'
import { createCatalog } from './catalog.ts'
import { createInbox } from './inbox.ts'
import { createOrders } from './orders.ts'
import { createPayments } from './payments.ts'
import { createPrices } from './prices.ts'
import { createStock } from './stock.ts'

export type World = ReturnType<typeof createWorld>

/** Everything that the services know and change, in one place; each start has a world of its own. */
export function createWorld() {
  const events = createEventLog()
  const inbox = createInbox(events)
  const catalog = createCatalog(events)
  return {
    events,
    inbox,
    catalog,
    stock: createStock(events),
    prices: createPrices(events, catalog),
    carts: createCarts(),
    orders: createOrders(events, inbox),
    payments: createPayments(),
  }
}
