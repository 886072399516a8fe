import { LOCALES } from '@harbor/shared-runtime/locale'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFormat, type Format } from './index.ts'
import { NotificationKind } from './notification-kind.ts'
import { OrderStatus } from './order-status.ts'
import { ShipmentStatus } from './shipment-status.ts'

const now = new Date('2026-11-21T09:00:00Z')
const ORDER = [
  'PLACED',
  'PAYMENT_AUTHORISED',
  'PICKING',
  'SHIPPED',
  'DELIVERED',
  'CANCELLED',
  'RETURNED',
] as const
const SHIPMENT = ['LABEL_CREATED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED']
const KIND = ['ORDER_SHIPPED', 'ORDER_PLACED', 'BACK_IN_STOCK', 'OFFER', 'REVIEW_REQUEST', 'LOYALTY']

type Shown = { code: string; label: string }
const TABLES: [string, (format: Format) => Shown[]][] = [
  ['the state of an order', ({ orderStatus }) => ORDER.map((status) => orderStatus(status))],
  ['the state of a parcel', ({ shipmentStatus }) => SHIPMENT.map((status) => shipmentStatus(status))],
  ['the kind of a notification', ({ notificationKind }) => KIND.map((kind) => notificationKind(kind))],
]

describe.each(TABLES)('%s', (_, show) => {
  const inAll = LOCALES.map((locale) => show(createFormat(locale, now)))

  it('has the same code in every language, and a translated label', () => {
    for (const shown of inAll)
      expect(shown.map(({ code }) => code)).toEqual(inAll[0]?.map(({ code }) => code))
    for (const [n, { code }] of (inAll[0] ?? []).entries()) {
      const labels = inAll.map((shown) => shown[n]?.label)
      expect(new Set(labels).size, `${code}: ${labels}`).toBe(LOCALES.length)
      expect(labels.every((label) => label !== '' && label !== code)).toBe(true)
    }
  })

  it('is never the value of the service', () => {
    for (const { code, label } of inAll.flat()) expect(`${code} ${label}`).not.toMatch(/[A-Z]{2}|_/)
  })
})

it('an unknown value of a service has a code, too, and is never sent', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'toString')),
      fc.constantFrom(...LOCALES),
      (invented, locale) => {
        const { orderStatus, shipmentStatus, notificationKind } = createFormat(locale, now)
        fc.pre(![...ORDER, ...SHIPMENT, ...KIND].includes(invented) && !invented.startsWith('ORDER_'))
        expect(OrderStatus.parse(orderStatus(invented)).code).toBe('processing')
        expect(ShipmentStatus.parse(shipmentStatus(invented)).code).toBe('unknown')
        expect(NotificationKind.parse(notificationKind(invented)).code).toBe('other')
      },
    ),
  )
  expect(OrderStatus.shape.code.options).toHaveLength(5)
})
