export { type Checkout, openCheckout } from './checkout.ts'
export { CHECKOUT_REASONS } from './reasons.ts'
