import { userError } from '../../writes/user-error.ts'

export const UnknownSku = userError('UnknownSku', {
  description: 'The shop sells nothing with this SKU.',
  on: ['NOT_FOUND'],
  message: 'We do not sell this.',
})

export const OutOfStock = userError('OutOfStock', {
  description: 'There is none of it, or not enough.',
  on: ['OUT_OF_STOCK'],
  message: 'It is sold out.',
})

export const LineNotInCart = userError('LineNotInCart', {
  description: 'The cart has no such line any more.',
  on: ['LINE_NOT_IN_CART'],
  message: 'It is no longer in the cart.',
})

export const CartChanged = userError('CartChanged', {
  description: 'The cart is not in the state that was shown: load it again and show it.',
  on: ['CART_CHANGED'],
  message: 'The cart has changed meanwhile.',
})

export const CartEmpty = userError('CartEmpty', {
  description: 'There is nothing to order.',
  on: ['CART_EMPTY'],
  message: 'There is nothing in the cart.',
})

export const TotalChanged = userError('TotalChanged', {
  description: 'The cart costs something else than was shown: load it again and show it.',
  on: ['TOTAL_CHANGED'],
  message: 'The total has changed meanwhile.',
})

export const PaymentDeclined = userError('PaymentDeclined', {
  description: 'The payment was declined. Nothing was charged; another method may work.',
  on: ['PAYMENT_DECLINED'],
  message: 'The payment was declined. Nothing was charged.',
})

export const OrderNotAccepted = userError('OrderNotAccepted', {
  description: 'The order is not accepted; no more is said. Nothing was charged.',
  on: ['NOT_ACCEPTED'],
  message: 'This order cannot be accepted. Nothing was charged.',
})

export const CheckoutTookTooLong = userError('CheckoutTookTooLong', {
  description: 'It could not be finished in a minute and was taken back. Nothing was charged.',
  on: ['TOOK_TOO_LONG'],
  message: 'The order could not be placed in time and was taken back. Nothing was charged.',
})

export const CheckoutConflict = userError('CheckoutConflict', {
  description:
    'Another checkout of this cart is not decided yet (`IN_CHECKOUT`), or has ordered it (`ALREADY_ORDERED`).',
  on: ['IN_CHECKOUT', 'ALREADY_ORDERED'],
  message: 'This cart is being ordered already, or was ordered.',
})
