import type { Money as UpstreamMoney } from '@harbor/shared-clients'
import { z } from 'zod'

/** Money as the app gets it: computed by pricing, formatted here. */
export const Money = z
  .object({
    amount: z.int().describe('Minor units'),
    currency: z.string().length(3).describe('ISO 4217'),
    formatted: z.string().describe('In the language of the request'),
  })
  .meta({ id: 'Money' })

const formats = new Map<string, Intl.NumberFormat>()

/** Formats amounts in minor units of their currency. */
export const moneyFormat =
  (locale: string) =>
  ({ amountMinor, currency }: UpstreamMoney): z.infer<typeof Money> => {
    const format = numberFormat(locale, currency)
    const { maximumFractionDigits = 2 } = format.resolvedOptions()
    return {
      amount: amountMinor,
      currency,
      formatted: format.format(amountMinor / 10 ** maximumFractionDigits),
    }
  }

function numberFormat(locale: string, currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, { style: 'currency', currency })))
  return format
}
