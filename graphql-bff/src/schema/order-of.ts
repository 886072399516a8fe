import type { Order } from '@harbor/shared-clients'
import type { Context } from '../context.ts'
import { connectionOf } from './connection.ts'
import { assertId } from './limits.ts'

/** One order of a customer by its number; `undefined` when the customer has no such order. */
export async function orderOf(
  customerId: string,
  number: string,
  { upstreams }: Pick<Context, 'upstreams'>,
): Promise<Order | undefined> {
  assertId(number)
  const { orders } = upstreams.optional
  const { rows } = connectionOf(await orders.ofCustomer(customerId, { number, limit: 1 }), null)
  return rows.find((order): order is Exclude<typeof order, Error> => {
    if (order instanceof Error) throw order
    return order.number === number
  })
}
