import type { Money as UpstreamMoney } from '@harbor/shared-clients'
import { formatMoney } from '@harbor/shared-runtime/money'
import { builder } from '../builder.ts'

export const Money = builder.objectRef<UpstreamMoney>('Money').implement({
  description:
    'Money as the services compute it; here it is only written out in the language of the request.',
  fields: (t) => ({
    amount: t.expose('amountMinor', {
      type: 'SafeInt',
      access: 'public',
      description: 'Minor units of the currency.',
    }),
    currency: t.exposeString('currency', { access: 'public', description: 'ISO 4217.' }),
    formatted: t.string({
      access: 'public',
      description: 'In the language of the request.',
      resolve: (money, _, { locale }) => formatMoney(money, locale),
    }),
  }),
})
