import type { Money } from '@harbor/shared-clients'
import type { Locale } from './locale.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** Writes an amount of minor units in its currency, the way the locale does. */
export function formatMoney({ amountMinor, currency }: Money, locale: Locale): string {
  const key = `${locale} ${currency}`
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, { style: 'currency', currency })))
  const { maximumFractionDigits = 2 } = format.resolvedOptions()
  return format.format(amountMinor / 10 ** maximumFractionDigits)
}
