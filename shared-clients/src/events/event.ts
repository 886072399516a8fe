import { z } from 'zod'

const Word = z.string().min(1).max(200)
const Count = z.int().nonnegative()

/**
 * Declares a type of event: what it tells, and the entity that it is about. Like everything of an upstream's:
 * unknown fields are dropped, wrong types are an error.
 */
const defineEvent =
  <T extends string, S extends z.ZodType>(type: T, schema: S, keyOf: (data: z.output<S>) => string) =>
  (id: string, given: unknown) => {
    const data = schema.parse(given)
    return { type, id, key: keyOf(data), data } as const
  }

const Stock = z.object({ sku: Word, warehouse: Word, available: Count, reserved: Count })
const Price = z.object({ sku: Word, currency: Word, listMinor: Count, saleMinor: Count })
const Product = z.object({ id: Word, sku: Word, name: z.string(), active: z.boolean() })
const Order = z.object({ id: Word, customerId: Word, status: Word, at: z.iso.datetime() })
const Notification = z.object({
  id: Word,
  customerId: Word,
  kind: Word,
  title: z.string(),
  body: z.string(),
  createdAt: z.iso.datetime(),
})
const Inbox = z.object({ customerId: Word, unreadCount: Count })

const EVENTS = {
  stock: defineEvent('stock', Stock, ({ sku }) => sku),
  price: defineEvent('price', Price, ({ sku }) => sku),
  product: defineEvent('product', Product, ({ id }) => id),
  order: defineEvent('order', Order, ({ id }) => id),
  // The inbox is the entity: a customer's notifications stay in order.
  notification: defineEvent('notification', Notification, ({ customerId }) => customerId),
  /** Notifications were marked as read. */
  inbox: defineEvent('inbox', Inbox, ({ customerId }) => customerId),
}

export type EventType = keyof typeof EVENTS
type EventOf<T extends EventType> = ReturnType<(typeof EVENTS)[T]>

/**
 * Something changed in a domain service. `id` is its place in the feed (see `isAfter`); `key` the entity that
 * changed: events of the same type and key are applied one after the other.
 */
export type DomainEvent = { [T in EventType]: EventOf<T> }[EventType]

/** Publishers may be ahead of us: a type that is not known is no fault. */
export const isEventType = (type: string): type is EventType => Object.hasOwn(EVENTS, type)

/**
 * An event out of its JSON.
 * @throws SyntaxError or ZodError when it is not as agreed
 */
export const parseEvent = (id: string, type: EventType, json: string): DomainEvent =>
  EVENTS[type](id, JSON.parse(json))

const ID = /^(\d{1,25})(?:-(\d{1,25}))?$/

export const isEventId = (id: string): boolean => ID.test(id)

/**
 * Whether an id is later than another. An id is a decimal number, or two with a dash between them (as in Redis
 * Streams).
 * @throws TypeError for any other id
 */
export function isAfter(id: string, other: string): boolean {
  const [major, minor] = parts(id)
  const [otherMajor, otherMinor] = parts(other)
  return major === otherMajor ? minor > otherMinor : major > otherMajor
}

function parts(id: string): [bigint, bigint] {
  const [, major, minor] = ID.exec(id) ?? []
  if (major === undefined) throw new TypeError(`"${id}" is not the id of an event: 12 or 12-34`)
  return [BigInt(major), BigInt(minor ?? 0)]
}
