/** The name of a payment method, such as `card`, or its token. A number of a card is none, and is refused. */
export const PAYMENT_METHOD = /^[A-Za-z][\w.-]{0,63}$/
