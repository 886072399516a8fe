import type { Locale } from './locale.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** Writes an amount of minor units of its currency the way the locale does; computes nothing. */
export function formatMoney(amountMinor: number, currency: string, locale: Locale): string {
  const key = `${locale} ${currency}`
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, { style: 'currency', currency })))
  const { maximumFractionDigits = 2 } = format.resolvedOptions()
  return format.format(amountMinor / 10 ** maximumFractionDigits)
}
