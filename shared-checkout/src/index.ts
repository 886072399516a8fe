export type { Checkout } from './checkout.ts'
export { openCheckout } from './open-checkout.ts'
export { CHECKOUT_REASONS } from './reasons.ts'
