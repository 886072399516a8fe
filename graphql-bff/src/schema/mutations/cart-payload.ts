import type { Cart as UpstreamCart } from '@harbor/shared-clients'
import { builder } from '../../builder.ts'
import { Cart } from '../cart.ts'

/** The payload of a mutation that changes the cart. */
export const cartPayload = (name: string) =>
  builder.objectRef<UpstreamCart>(name).implement({
    description: 'The cart was changed.',
    fields: (t) => ({
      cart: t.field({
        type: Cart,
        access: 'customer',
        description: 'As the change has left it; what it costs is asked for anew.',
        resolve: (cart) => cart,
      }),
    }),
  })
