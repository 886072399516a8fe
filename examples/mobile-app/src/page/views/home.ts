import { el, picture, productLink, quiet, section } from '../elements.ts'
import { keptNote, problemView, type View } from './view.ts'

/** A part that is not available now says so; an empty part is left out. */
export const homeView: View = async (app) => {
  const { client, words } = app
  const answer = await client.api.v1.home.$get()
  if (!answer.ok) return problemView(app, answer.status)
  const { customer, cart, orders, recommendations, unread } = await answer.json()
  app.showItems(cart?.items)
  return [
    el('h1', {}, words.hello(customer.name)),
    ...keptNote(answer, words),
    el(
      'p',
      { className: 'facts' },
      el('span', { className: 'chip' }, words.points(customer.points)),
      unread !== null && unread > 0 && el('span', { className: 'chip' }, words.unread(unread)),
    ),
    section(
      words.forYou,
      recommendations === null
        ? quiet(words.unavailable)
        : el(
            'div',
            { className: 'shelf' },
            ...recommendations.map((card) => productLink(card, card.price.formatted)),
          ),
    ),
    section(
      words.orders,
      orders === null
        ? quiet(words.unavailable)
        : el(
            'ul',
            { className: 'rows' },
            ...orders.map(({ number, status, placed, total, image }) =>
              el(
                'li',
                {},
                picture(image, number),
                el('span', { className: 'name' }, number, el('small', {}, `${status.label} · ${placed}`)),
                el('span', { className: 'price' }, total.formatted),
              ),
            ),
          ),
    ),
  ]
}
