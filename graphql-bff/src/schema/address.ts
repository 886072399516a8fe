import type { Customer } from '@harbor/shared-clients'
import { builder } from '../builder.ts'

export const Address = builder.objectRef<Customer['addresses'][number]>('Address').implement({
  description: 'An address of a customer.',
  fields: (t) => ({
    name: t.exposeString('name', { access: 'customer', description: 'Who lives there.' }),
    street: t.exposeString('street', { access: 'customer', description: 'With the number of the house.' }),
    city: t.exposeString('city', { access: 'customer', description: 'The city.' }),
    postalCode: t.exposeString('postalCode', { access: 'customer', description: 'As it is written there.' }),
    country: t.exposeString('country', { access: 'customer', description: 'ISO 3166-1, two letters.' }),
  }),
})
