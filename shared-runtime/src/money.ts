import type { Locale } from './locale.ts'

type MoneyFormat = { format: Intl.NumberFormat; minorUnits: number }

const formats = new Map<string, MoneyFormat>()

/** Formats an amount in minor units for a locale, without arithmetic. */
export function formatMoney(
  { amountMinor, currency }: { amountMinor: number; currency: string },
  locale: Locale,
): string {
  const { format, minorUnits } = moneyFormat(locale, currency)
  return format.format(amountMinor / minorUnits)
}

/** Cached: a formatter and its resolved options cost more than the rest of a price. */
function moneyFormat(locale: Locale, currency: string): MoneyFormat {
  const key = `${locale} ${currency}`
  const known = formats.get(key)
  if (known) return known
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const { maximumFractionDigits = 2 } = format.resolvedOptions()
  const made = { format, minorUnits: 10 ** maximumFractionDigits }
  formats.set(key, made)
  return made
}
