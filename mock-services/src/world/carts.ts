import { type Cart, cartLine, cartNumber, seededCart } from '../seed/carts.ts'
import { productHead } from '../seed/products.ts'

/** The carts of all customers; kept as they were changed, made from the seed else. */
export function createCarts() {
  const changed = new Map<string, Cart>()

  function of(id: string): Cart | undefined {
    const number = cartNumber(id)
    return number === undefined ? undefined : (changed.get(id) ?? seededCart(number))
  }
  function withLines(cart: Cart, lines: Cart['lines']): Cart {
    const next = { ...cart, lines, updatedAt: new Date().toISOString(), version: cart.version + 1 }
    changed.set(cart.id, next)
    return next
  }

  return {
    of,
    /** Adds to the line of that SKU when there is one. `undefined` when the SKU is not sold. */
    add(cart: Cart, sku: string, quantity: number): Cart | undefined {
      const head = sku.startsWith('HB-') ? productHead(sku) : undefined
      if (!head) return undefined
      const present = cart.lines.find((line) => line.sku === sku)
      return present
        ? this.setQuantity(cart, sku, present.quantity + quantity)
        : withLines(cart, [...cart.lines, cartLine(head, quantity, Date.now())])
    },
    /** `undefined` when the cart has no such line. */
    setQuantity(cart: Cart, sku: string, quantity: number): Cart | undefined {
      if (!cart.lines.some((line) => line.sku === sku)) return undefined
      return withLines(
        cart,
        cart.lines.map((line) => (line.sku === sku ? { ...line, quantity } : line)),
      )
    },
    /** Idempotent: a line that is not there is gone already. */
    remove: (cart: Cart, sku: string): Cart =>
      withLines(
        cart,
        cart.lines.filter((line) => line.sku !== sku),
      ),
    /** What was ordered is no longer in the cart. */
    clear: (cart: Cart): Cart => withLines(cart, []),
  }
}
