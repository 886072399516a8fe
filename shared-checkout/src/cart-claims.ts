import { createHash } from 'node:crypto'
import type { Claim, Claims } from '@harbor/shared-runtime/writes/claims'

type CartState = { cartId: string; cartVersion: number }

export type CartClaims = ReturnType<typeof cartClaims>

/**
 * Claims on carts. A cart has at most one checkout that is not decided, and a state of it that was ordered is not
 * ordered again: whatever the idempotency keys, and from whichever BFF.
 */
export function cartClaims(claims: Claims) {
  const claim = ({ cartId, cartVersion }: CartState, owner: string): Claim => ({
    thing: createHash('sha256').update(cartId).digest('base64url'),
    version: cartVersion,
    owner,
  })
  return {
    take: (cart: CartState, owner: string) => claims.take(claim(cart, owner)),
    release: (cart: CartState, owner: string) => claims.release(claim(cart, owner)),
    spend: (cart: CartState, owner: string) => claims.spend(claim(cart, owner)),
  }
}
