import { operation } from './api.js'
import { el, missing, part, quiet, recommended } from './elements.js'

/** What a customer sees first; nothing for staff, who are no customers. */
export async function dashboard({ roles }) {
  if (!roles.includes('customer')) return []
  const { data } = await operation('Dashboard', { orders: 3, recommendations: 6 })
  const viewer = data?.viewer
  if (!viewer) return [part('Your shop', missing('What is yours'))]
  return [
    part(
      `Hello, ${viewer.displayName}`,
      quiet(
        viewer.unreadNotifications === null
          ? 'Your news are not available just now.'
          : `${viewer.unreadNotifications} unread notifications`,
      ),
      el('h3', {}, 'Your cart'),
      cart(viewer.cart),
      el('h3', {}, 'Your orders'),
      orders(viewer.orders),
    ),
    part('For you', recommended(viewer.recommendations)),
  ]
}

function cart(cart) {
  if (cart === null) return missing('Your cart')
  if (cart.lines.length === 0) return quiet('It is empty.')
  return el(
    'ul',
    { className: 'chips' },
    ...cart.lines.map(({ name, quantity }) => el('li', {}, `${quantity} × ${name}`)),
    cart.quote ? el('b', {}, cart.quote.total.formatted) : null,
  )
}

function orders(orders) {
  if (orders === null) return missing('Your orders')
  if (orders.length === 0) return quiet('None yet.')
  return el(
    'dl',
    {},
    ...orders.flatMap(({ number, status, total }) => [
      el('dt', {}, number),
      el('dd', {}, `${total.formatted} · ${status.toLowerCase().replaceAll('_', ' ')}`),
    ]),
  )
}
