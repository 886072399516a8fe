import type { Money as UpstreamMoney } from '@harbor/shared-clients'
import type { Locale } from '@harbor/shared-runtime/locale'
import { formatMoney } from '@harbor/shared-runtime/money'
import { z } from 'zod'

/** Money as the app gets it: computed by pricing, formatted here. */
export const Money = z
  .object({
    amount: z.int().describe('Minor units'),
    currency: z.string().length(3).describe('ISO 4217'),
    formatted: z.string().describe('In the language of the request'),
  })
  .meta({ id: 'Money' })

export const moneyFormat =
  (locale: Locale) =>
  (money: UpstreamMoney): z.infer<typeof Money> => ({
    amount: money.amountMinor,
    currency: money.currency,
    formatted: formatMoney(money, locale),
  })
