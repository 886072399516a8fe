import { amount, button, el, quiet, section } from '../elements.ts'
import { type App, problemView, type View } from './view.ts'

/**
 * The checkout summary is never stored: price and stock must be current. Without a network, or before all changes
 * of the cart are sent, there is no checkout, and the page says so.
 */
export const checkoutView: View = async (app) => {
  const { client, words } = app
  await client.outbox.flush()
  if ((await client.outbox.pending()).length > 0) return refused(app)
  const cart = await client.api.v1.cart.$get()
  if (!cart.ok) return problemView(app, cart.status)
  const { id: cartId } = await cart.json()
  const answer = await client.api.v2['checkout-summary'].$get({ query: { cartId } }).catch(() => undefined)
  if (!answer) return refused(app)
  if (!answer.ok) return problemView(app, answer.status)
  const { lines, subtotal, discount, total, tax, shipping } = await answer.json()

  const order = button(words.placeOrder, async () => {
    order.disabled = true
    order.textContent = words.ordering
    const { amount, currency } = total
    await client.later((api) =>
      api.v1.checkout.$post({ json: { cartId, paymentMethod: 'card', total: { amount, currency } } }),
    )
    await client.outbox.idle()
    if ((await client.outbox.pending()).length > 0) app.notify(words.orderWaits)
  })
  return [
    el('h1', {}, words.checkout),
    el(
      'ul',
      { className: 'rows' },
      ...lines.map(({ name, quantity, total, available }) =>
        el(
          'li',
          {},
          el(
            'span',
            { className: 'name' },
            `${quantity} × ${name}`,
            !available && el('small', { className: 'bad' }, words.notEnough),
          ),
          el('span', { className: 'price' }, total?.formatted ?? '–'),
        ),
      ),
    ),
    section(
      words.shipping,
      shipping === null
        ? quiet(words.unavailable)
        : el(
            'div',
            { className: 'amounts' },
            ...shipping.map(({ label, price }) => amount(label, price.formatted) ?? ''),
          ),
    ),
    el(
      'div',
      { className: 'amounts' },
      amount(words.subtotal, subtotal.formatted),
      discount.amount === 0 ? null : amount(words.discount, discount.formatted),
      amount(words.total, total.formatted, 'total'),
      amount(words.tax, tax.formatted),
      amount(words.payment, words.card),
    ),
    order,
  ]
}

const refused = ({ words, refresh }: App): readonly Node[] => [
  el('h1', {}, words.checkout),
  quiet(words.checkoutOffline),
  button(words.tryAgain, refresh, 'plain'),
]
