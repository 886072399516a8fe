/** Why an order is not placed, and what that means: stable, and all that a consumer is told. */
export const CHECKOUT_REASONS = {
  CART_EMPTY: 'there is nothing in the cart',
  TOTAL_CHANGED: '`total` was sent, and it is not what the cart costs now',
  OUT_OF_STOCK: 'inventory has not enough of what `detail` names',
  PAYMENT_DECLINED: 'the payment service has refused the payment',
  NOT_ACCEPTED: 'it is not accepted; no more is said',
  TOOK_TOO_LONG: 'it could not be finished in a minute and was taken back',
} as const

export type CheckoutReason = keyof typeof CHECKOUT_REASONS
