import type { ApiOf, Problem } from '@harbor/shared-edge/rest/api-type'
import { hc, type InferResponseType } from 'hono/client'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import type { MobileApi } from '../../src/app.ts'

const api = hc<MobileApi>('http://127.0.0.1')

describe('the type of the API', () => {
  it('gives the body of a screen for each status', () => {
    type Home = InferResponseType<typeof api.v1.home.$get, 200>
    expectTypeOf<Home['customer']>().toEqualTypeOf<{ name: string; avatar: string; points: number }>()
    expectTypeOf<Home['degraded']>().toEqualTypeOf<string[]>()
    expectTypeOf<Home['unread']>().toEqualTypeOf<number | null>()
    expectTypeOf<InferResponseType<typeof api.v1.home.$get, 503>>().toEqualTypeOf<Problem>()
    type Code = NonNullable<Home['orders']>[number]['status']['code']
    expectTypeOf<Code>().toEqualTypeOf<'processing' | 'shipped' | 'delivered' | 'cancelled' | 'returned'>()
  })

  it('tells one path from another', () => {
    type Product = InferResponseType<(typeof api.v1.products)[':id']['$get'], 200>
    expectTypeOf<Product['inStock']>().toEqualTypeOf<boolean | null>()
    type Old = InferResponseType<(typeof api.v1)['checkout-summary']['$get'], 200>
    type New = InferResponseType<(typeof api.v2)['checkout-summary']['$get'], 200>
    expectTypeOf<Old>().not.toHaveProperty('shipping')
    expectTypeOf<New>().toHaveProperty('shipping')
  })

  it('refuses what the API does not take', () => {
    const never = () => {
      // @ts-expect-error there is no such path
      api.v1.basement.$get()
      // @ts-expect-error a screen is read only
      api.v1.home.$post()
      // @ts-expect-error the id is missing
      api.v1.products[':id'].$get({ param: {} })
      // @ts-expect-error no argument at all
      api.v1.products[':id'].$get()
      // @ts-expect-error the cart is missing
      api.v2['checkout-summary'].$get({ query: {} })
      // @ts-expect-error there is no such parameter
      api.v1.products.$get({ query: { colour: 'red' } })
      // @ts-expect-error not text
      api.v1.products.$get({ query: { category: 7 } })
    }
    expectTypeOf(never).toBeFunction()
  })

  it('takes what the API takes', () => {
    const never = () => {
      api.v1.home.$get()
      api.v1.products.$get()
      api.v1.products.$get({ query: { limit: 5, category: 'cat-01' } })
      api.v1.products[':id'].$get({ param: { id: 'p1001' } })
      api.v2['checkout-summary'].$get({ query: { cartId: 'k1001' } })
    }
    expectTypeOf(never).toBeFunction()
  })

  it('takes actions as it takes screens: their method, body and status', () => {
    const actions = [
      {
        method: 'POST',
        path: '/v1/cart/items',
        params: z.object({}),
        body: z.strictObject({ sku: z.string(), quantity: z.int() }),
        view: z.object({ items: z.int() }),
        status: 201,
      },
      {
        method: 'DELETE',
        path: '/v1/cart/items/{sku}',
        params: z.object({ sku: z.string() }),
        body: undefined,
        view: z.object({ items: z.int() }),
        status: 200,
      },
    ] as const
    const cart = hc<ApiOf<(typeof actions)[number]>>('http://127.0.0.1').v1.cart
    expectTypeOf<InferResponseType<typeof cart.items.$post, 201>>().toEqualTypeOf<{ items: number }>()
    expectTypeOf<InferResponseType<typeof cart.items.$post, 422>>().toEqualTypeOf<Problem>()
    const never = () => {
      cart.items.$post({ json: { sku: 'HRB-1', quantity: 1 } })
      cart.items[':sku'].$delete({ param: { sku: 'HRB-1' } })
      // @ts-expect-error the quantity is missing
      cart.items.$post({ json: { sku: 'HRB-1' } })
      // @ts-expect-error no body at all
      cart.items.$post()
      // @ts-expect-error what is not known
      cart.items[':sku'].$put({ param: { sku: 'HRB-1' } })
    }
    expectTypeOf(never).toBeFunction()
  })
})
