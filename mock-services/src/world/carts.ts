import { type Cart, cartLine, cartNumber, seededCart } from '../seed/carts.ts'
import { productHead } from '../seed/products.ts'

type Lines = Cart['lines']

/** The carts of all customers; as they were last changed, or as the seed makes them. */
export function createCarts() {
  const kept = new Map<string, Cart>()

  function of(id: string): Cart | undefined {
    const number = cartNumber(id)
    return number === undefined ? undefined : (kept.get(id) ?? seededCart(number))
  }
  function withLines(cart: Cart, lines: Lines): Cart {
    const next = { ...cart, lines, updatedAt: new Date().toISOString(), version: cart.version + 1 }
    kept.set(cart.id, next)
    return next
  }

  return {
    of,
    withLines,
    /** What was ordered is no longer in the cart. */
    clear: (cart: Cart): Cart => withLines(cart, []),
  }
}

/** The lines with one more, or with more of one. `undefined` when the SKU is not sold. */
export function added({ lines }: Cart, sku: string, quantity: number): Lines | undefined {
  const head = sku.startsWith('HB-') ? productHead(sku) : undefined
  if (!head) return undefined
  const present = lines.find((line) => line.sku === sku)
  return present
    ? withQuantity(lines, sku, present.quantity + quantity)
    : [...lines, cartLine(head, quantity, Date.now())]
}

/** The lines with another quantity of one. `undefined` when the cart has no such line. */
export const changed = ({ lines }: Cart, sku: string, quantity: number): Lines | undefined =>
  lines.some((line) => line.sku === sku) ? withQuantity(lines, sku, quantity) : undefined

/** The lines without one. Idempotent: a line that is not there is gone already. */
export const removed = ({ lines }: Cart, sku: string): Lines => lines.filter((line) => line.sku !== sku)

const withQuantity = (lines: Lines, sku: string, quantity: number): Lines =>
  lines.map((line) => (line.sku === sku ? { ...line, quantity } : line))
