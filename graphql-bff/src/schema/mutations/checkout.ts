import { PAYMENT_METHOD, PlacedOrder } from '@harbor/shared-checkout'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { beforeWriting } from '@harbor/shared-runtime/writes/idempotency'
import { builder } from '../../builder.ts'
import { guardedMutation } from '../../writes/mutation.ts'
import { Money } from '../money.ts'
import { OrderStatus } from '../order.ts'
import {
  CartChanged,
  CartEmpty,
  CheckoutConflict,
  CheckoutTookTooLong,
  OrderNotAccepted,
  OutOfStock,
  PaymentDeclined,
  TotalChanged,
} from './errors.ts'

const MoneyInput = builder.inputType('MoneyInput', {
  description: 'An amount of money.',
  fields: (t) => ({
    amount: t.field({ type: 'SafeInt', required: true, description: 'Minor units of the currency.' }),
    currency: t.string({ required: true, description: 'ISO 4217.' }),
  }),
})

const CheckoutPayload = builder.objectRef<PlacedOrder>('CheckoutPayload').implement({
  description: 'The order is placed.',
  fields: (t) => ({
    number: t.exposeString('number', { access: 'customer', description: 'As the customer knows it.' }),
    status: t.field({
      type: OrderStatus.type,
      access: 'customer',
      nullable: true,
      description: 'Where it was on its way when it was placed.',
      resolve: ({ status }) => OrderStatus.word(status),
    }),
    placedAt: t.expose('placedAt', {
      type: 'DateTime',
      access: 'customer',
      description: 'When it was ordered.',
    }),
    total: t.field({
      type: Money,
      access: 'customer',
      description: 'What was charged.',
      resolve: ({ total }) => total,
    }),
  }),
})

guardedMutation({
  name: 'checkout',
  access: 'customer',
  description: 'Orders what is in the cart: once, or not at all.',
  budgetMs: 5_000,
  // Each step of the saga once. A step whose outcome is not known is repeated by its journal, not by this graph.
  asks: [
    'cart.ofCustomer',
    'cart.byId',
    'pricing.quote',
    'cart.nowById',
    'inventory.reserve',
    'fraud.assess',
    'payments.authorise',
    'orders.create',
    'shipping.createShipment',
  ],
  input: builder.inputType('CheckoutInput', {
    description: 'What the customer was shown and agrees to.',
    fields: (t) => ({
      idempotencyKey: t.id({
        required: true,
        description: 'A new UUID for each order, stored before it is sent; its retries have the same.',
      }),
      cartVersion: t.field({
        type: 'SafeInt',
        required: true,
        description: 'The `version` of the cart as it was shown; in no other state it is ordered.',
      }),
      total: t.field({
        type: MoneyInput,
        required: true,
        description: 'The total of the quote as it was shown; for no other it is ordered.',
      }),
      paymentMethod: t.string({
        required: true,
        description: 'The name or token of a payment method, such as "card"; never a number of a card.',
      }),
    }),
  }),
  payload: CheckoutPayload,
  kept: PlacedOrder,
  errors: [
    CartChanged,
    CartEmpty,
    CheckoutConflict,
    CheckoutTookTooLong,
    OrderNotAccepted,
    OutOfStock,
    PaymentDeclined,
    TotalChanged,
  ],

  async run(
    { cartVersion, total, paymentMethod },
    { upstreams, sagaClients, writes, viewer, requestContext, key, leaseMs },
  ) {
    if (!PAYMENT_METHOD.test(paymentMethod))
      throw new ProblemError('INVALID_REQUEST', 'A payment method is a name or a token, such as "card".')
    const cart = await beforeWriting(upstreams.cart.ofCustomer(viewer.id))
    return writes.checkout.place(
      {
        customerId: viewer.id,
        cartId: cart.id,
        cartVersion,
        paymentMethod,
        total: { amountMinor: total.amount, currency: total.currency },
      },
      { id: key, context: requestContext, clients: sagaClients, leaseMs },
    )
  },
})
