import type { Order } from '@harbor/shared-clients'
import { z } from 'zod'
import type { Format } from '../format/index.ts'
import { Money } from '../format/money.ts'
import { OrderStatus } from '../format/order-status.ts'
import { Thumbnail } from '../format/thumbnail.ts'

/** Fields of an order in every list and page of the app. */
export const OrderCard = z.object({
  id: z.string(),
  number: z.string(),
  status: OrderStatus,
  placedAt: z.iso.datetime(),
  placed: z.string().describe('How long ago, in the language of the request'),
  total: Money,
  items: z.int(),
  image: Thumbnail.nullable(),
})

export const orderCard = (order: Order, format: Format): z.input<typeof OrderCard> => ({
  id: order.id,
  number: order.number,
  status: format.orderStatus(order.status),
  placedAt: order.placedAt,
  placed: format.relativeDay(order.placedAt),
  total: format.money(order.total),
  items: pieces(order.lines),
  image: order.lines[0] ? format.thumbnail(order.lines[0].imageUrl, 64) : null,
})

/** The number of items in all lines of an order or a cart. */
export const pieces = (lines: readonly { quantity: number }[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)
