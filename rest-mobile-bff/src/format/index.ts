import type { Locale } from '@harbor/shared-runtime/locale'
import { moneyFormat } from './money.ts'
import { notificationKindFormat } from './notification-kind.ts'
import { orderStatusFormat } from './order-status.ts'
import { relativeDayFormat } from './relative-day.ts'
import { shipmentStatusFormat } from './shipment-status.ts'
import { thumbnail } from './thumbnail.ts'

/** Formats values for people; used by projections. */
export type Format = ReturnType<typeof createFormat>

/** @param now the instant from which relative labels count */
// biome-ignore lint/plugin: labels such as "yesterday"
export const createFormat = (locale: Locale, now: Date = new Date()) => ({
  money: moneyFormat(locale),
  relativeDay: relativeDayFormat(locale, now),
  orderStatus: orderStatusFormat(locale),
  shipmentStatus: shipmentStatusFormat(locale),
  notificationKind: notificationKindFormat(locale),
  thumbnail,
})
