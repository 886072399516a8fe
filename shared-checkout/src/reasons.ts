/** Why an order is not placed, and what that means. Stable, and all that a consumer learns of it. */
export const CHECKOUT_REASONS = {
  CART_EMPTY: 'there is nothing in the cart',
  TOTAL_CHANGED: '`total` was sent, and it is not what the cart costs now',
  OUT_OF_STOCK: 'inventory has not enough of what `detail` names',
  PAYMENT_DECLINED: 'the payment service has refused the payment',
  NOT_ACCEPTED: 'it is not accepted; no more is said',
  TOOK_TOO_LONG: 'it could not be finished in a minute and was taken back',
  IN_CHECKOUT: 'another checkout of this cart is not decided yet',
  ALREADY_ORDERED: 'the cart in this state has been ordered',
  CART_CHANGED: 'the cart was changed while it was being ordered',
} as const

export type CheckoutReason = keyof typeof CHECKOUT_REASONS

/** Reasons that lie in what else happens to the cart, not in the request: the problem is `CHECKOUT_CONFLICT`. */
export const CONFLICTS: ReadonlySet<string> = new Set<CheckoutReason>([
  'IN_CHECKOUT',
  'ALREADY_ORDERED',
  'CART_CHANGED',
])
