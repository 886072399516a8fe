import { moneyFormat } from './money.ts'
import { orderStatusFormat } from './order-status.ts'
import { relativeDayFormat } from './relative-day.ts'
import { thumbnail } from './thumbnail.ts'

/** The languages in which the app can be answered; the first is the default. */
export const LOCALES = ['en', 'de', 'fr', 'ja'] as const
export type Locale = (typeof LOCALES)[number]

/** What a projection uses to show values to a person. */
export type Format = ReturnType<typeof createFormat>

/** @param now the instant from which relative labels count */
export const createFormat = (locale: Locale, now: Date = new Date()) => ({
  money: moneyFormat(locale),
  relativeDay: relativeDayFormat(locale, now),
  orderStatus: orderStatusFormat(locale),
  thumbnail,
})
