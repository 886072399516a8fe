import type { Table } from '../table.ts'
import { auditEvents } from './audit-events.ts'
import { carts } from './carts.ts'
import { customers } from './customers.ts'
import { orders } from './orders.ts'
import { payments } from './payments.ts'
import { prices } from './prices.ts'
import { products } from './products.ts'
import { promotions } from './promotions.ts'
import { reviews } from './reviews.ts'
import { shipments } from './shipments.ts'
import { stockItems } from './stock-items.tsx'
import { taxLines } from './tax-lines.ts'

/** The tables by their names in addresses, in the order in which they are offered. */
export const TABLES: ReadonlyMap<string, Table> = new Map([
  ['products', products],
  ['stock', stockItems],
  ['prices', prices],
  ['promotions', promotions],
  ['carts', carts],
  ['orders', orders],
  ['payments', payments],
  ['shipments', shipments],
  ['tax', taxLines],
  ['customers', customers],
  ['reviews', reviews],
  ['audit-events', auditEvents],
])
