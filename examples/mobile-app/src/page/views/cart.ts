import type { Api } from '../../client.ts'
import type { Write } from '../../outbox.ts'
import { amount, button, el, picture, quiet, section } from '../elements.ts'
import { type App, keptNote, problemView, type View } from './view.ts'

/** The cart as the BFF has it, and the changes that wait to be sent. */
export const cartView: View = async (app) => {
  const { client, words, showItems } = app
  const answer = await client.api.v1.cart.$get()
  if (!answer.ok) return problemView(app, answer.status)
  const { items, lines, subtotal, discount, total } = await answer.json()
  showItems(items)
  const waiting = await waitingList(app)
  return [
    el('h1', {}, words.cart),
    ...keptNote(answer, words),
    ...waiting,
    lines.length === 0
      ? quiet(words.emptyCart)
      : el(
          'ul',
          { className: 'rows' },
          ...lines.map(({ sku, productId, name, quantity, total, image, available }) =>
            el(
              'li',
              {},
              picture(image, name),
              el(
                'span',
                { className: 'name' },
                el('a', { href: `#/products/${productId}` }, name),
                available === false && el('small', { className: 'bad' }, words.notEnough),
                el('span', { className: 'stepper' }, ...stepper(app, sku, quantity, name)),
              ),
              el('span', { className: 'price' }, total?.formatted ?? '–'),
            ),
          ),
        ),
    el(
      'div',
      { className: 'amounts' },
      amount(words.subtotal, subtotal?.formatted),
      discount && discount.amount !== 0 ? amount(words.discount, discount.formatted) : null,
      amount(words.total, total?.formatted ?? words.unavailable, 'total'),
    ),
    ...(lines.length > 0 ? [el('a', { className: 'button main', href: '#/checkout' }, words.checkout)] : []),
  ]
}

function stepper(app: App, sku: string, quantity: number, name: string): Node[] {
  const set = (wanted: number) =>
    change(app, (api) =>
      wanted === 0
        ? api.v1.cart.items[':sku'].$delete({ param: { sku } })
        : api.v1.cart.items[':sku'].$patch({ param: { sku }, json: { quantity: wanted } }),
    )
  const step = (sign: string, label: string, wanted: number) =>
    Object.assign(
      button(sign, () => set(wanted), 'step'),
      { ariaLabel: `${label}: ${name}` },
    )
  return [
    step('−', app.words.less, quantity - 1),
    el('span', {}, String(quantity)),
    step('+', app.words.more, quantity + 1),
  ]
}

async function change({ client, refresh }: App, call: (api: Api) => Promise<unknown>): Promise<void> {
  await client.later(call)
  await client.outbox.idle()
  await refresh()
}

async function waitingList({ client, catalogue, words }: App): Promise<Node[]> {
  const writes = await client.outbox.pending()
  if (writes.length === 0) return []
  const names = await Promise.all(
    writes.map(async (write) => (await catalogue.bySku(skuOf(write)))?.name ?? words.checkout),
  )
  return [
    section(
      words.waiting(writes.length),
      el('ul', { className: 'waiting' }, ...names.map((name) => el('li', {}, name))),
    ),
  ]
}

/** A write names its product in its body or in its path. */
const skuOf = ({ path, body }: Write): string => /HB-\d+/.exec(`${path} ${body ?? ''}`)?.[0] ?? ''
