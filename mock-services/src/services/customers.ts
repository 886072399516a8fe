import { z } from 'zod'
import { maySee } from '../auth.ts'
import { createReplays } from '../idempotency.ts'
import { type Listing, listed } from '../listing.ts'
import {
  get,
  inAnyOrder,
  notFound,
  optionalIds,
  put,
  type Routes,
  requireMayChange,
  requireOwn,
  requireStaff,
} from '../routes.ts'
import { type Customer, customer, customerIds, customerNumber } from '../seed/customers.ts'

const Channels = z.strictObject({ email: z.boolean(), push: z.boolean(), sms: z.boolean() })
const Topics = z.strictObject({ orders: z.boolean(), offers: z.boolean(), stock: z.boolean() })
const Preferences = z.strictObject({ channels: Channels.partial(), topics: Topics.partial() }).partial()

const CUSTOMERS: Listing<Customer> = {
  idOf: ({ id }) => id,
  sorts: new Map([
    ['id', ({ id }: Customer) => id],
    ['name', ({ displayName }: Customer) => displayName],
    ['memberSince', ({ memberSince }: Customer) => memberSince],
  ]),
  usual: 'id',
  filters: new Map([
    [
      'q',
      ({ displayName, email }: Customer, given) =>
        `${displayName} ${email}`.toLowerCase().includes(given.toLowerCase()),
    ],
    ['loyaltyTier', ({ loyaltyTier }: Customer, given) => loyaltyTier === given],
  ]),
}

export const customersRoutes = (): Routes => {
  const changed = new Map<string, Customer['preferences']>()
  const once = createReplays()

  const find = (id: string): Customer | undefined => {
    const number = customerNumber(id)
    if (number === undefined) return undefined
    const seeded = customer(number)
    return { ...seeded, preferences: changed.get(id) ?? seeded.preferences }
  }

  return [
    get('/customers/{id}', (call) => {
      const { id = '' } = call.params
      requireOwn(call, id, 'customer')
      const found = find(id)
      if (!found) throw notFound('customer')
      return found
    }),
    get('/customers', (call) => {
      const ids = optionalIds(call, 'ids')
      if (ids)
        return {
          items: inAnyOrder(ids.filter((id) => maySee(call.caller, id)).flatMap((id) => find(id) ?? [])),
        }
      requireStaff(call)
      return listed(
        call,
        customerIds.flatMap((id) => find(id) ?? []),
        CUSTOMERS,
        (found) => found,
      )
    }),
    put('/customers/{id}/preferences', Preferences, ({ channels = {}, topics = {} }, call) => {
      const { id = '' } = call.params
      requireMayChange(call, id, 'customer')
      return once(call, () => {
        const found = find(id)
        if (!found) throw notFound('customer')
        const next = {
          channels: { ...found.preferences.channels, ...defined(channels) },
          topics: { ...found.preferences.topics, ...defined(topics) },
        }
        changed.set(id, next)
        return next
      })
    }),
  ]
}

const defined = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
