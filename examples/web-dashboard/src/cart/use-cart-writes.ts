import {
  AddToCart,
  Cart,
  type CartContentsFragment,
  CartSize,
  ChangeCartLine,
  CheckoutPage,
  Dashboard,
  RemoveCartLine,
} from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { useOwn } from '../session/signed-in.tsx'
import { useWrite } from '../session/use-write.ts'
import { toasts } from '../ui/toasts.ts'

/** What else shows something of the cart. */
const SHOWN_ELSEWHERE = [CartSize.name, CheckoutPage.name, Dashboard.name]

/** Changes of the cart; each shows the cart that it has left, or says why it was not done. */
export function useCartWrites() {
  const { cache } = useOwn()
  const adding = useWrite(AddToCart)
  const changing = useWrite(ChangeCartLine)
  const removing = useWrite(RemoveCartLine)

  function show(cart: CartContentsFragment): true {
    cache.setQueryData([Cart.name, {}], { data: { viewer: { cart } }, missing: [] })
    for (const name of SHOWN_ELSEWHERE) void cache.invalidateQueries({ queryKey: [name] })
    return true
  }
  function refuse(title: string): false {
    toasts.add({ title, priority: 'high' })
    void cache.invalidateQueries({ queryKey: [Cart.name] })
    return false
  }
  const failed = (error: unknown): false => refuse(factsOf(error).title)

  return {
    isBusy: adding.isPending || changing.isPending || removing.isPending,
    /** Each gives whether it was done. */
    async add(sku: string, quantity: number): Promise<boolean> {
      try {
        const input = { idempotencyKey: crypto.randomUUID(), sku, quantity }
        const { addToCart } = await adding.mutateAsync({ input })
        return addToCart.__typename === 'AddToCartPayload' ? show(addToCart.cart) : refuse(addToCart.message)
      } catch (error) {
        return failed(error)
      }
    },
    async change(sku: string, quantity: number): Promise<boolean> {
      try {
        const { changeCartLine } = await changing.mutateAsync({ input: { sku, quantity } })
        return changeCartLine.__typename === 'ChangeCartLinePayload'
          ? show(changeCartLine.cart)
          : refuse(changeCartLine.message)
      } catch (error) {
        return failed(error)
      }
    },
    async remove(sku: string): Promise<boolean> {
      try {
        const { removeCartLine } = await removing.mutateAsync({ input: { sku } })
        return removeCartLine.__typename === 'RemoveCartLinePayload'
          ? show(removeCartLine.cart)
          : refuse(removeCartLine.message)
      } catch (error) {
        return failed(error)
      }
    },
  }
}
