import { moneyIn } from '../catalogue.ts'
import { button, el, picture, quiet } from '../elements.ts'
import { goToLogIn } from '../log-in.ts'
import { type App, keptNote, problemView, type View } from './view.ts'

type Shown = {
  name: string
  price: string | undefined
  stock: boolean | null
  image: string | null
  notes: Node[]
}

/** A product as the BFF answers it; without a network as last seen, or else as the catalogue on the phone has it. */
export const productView: View = async (app, id) => {
  const { client, catalogue, words } = app
  const [answer, kept] = await Promise.all([
    client.api.v1.products[':id'].$get({ param: { id } }).catch(() => undefined),
    catalogue.byId(id),
  ])
  let shown: Shown
  if (answer?.ok) {
    const { name, price, inStock, image } = await answer.json()
    shown = { name, price: price?.formatted, stock: inStock, image, notes: keptNote(answer, words) }
  } else if (kept && (!answer || answer.status >= 500)) {
    const price = kept.price ? moneyIn(app.locale, kept.price) : undefined
    const note = el('p', { className: 'note' }, words.asLastSeen)
    shown = { name: kept.name, price, stock: null, image: kept.image, notes: [note] }
  } else return problemView(app, answer?.status)

  const { name, price, stock, image, notes } = shown
  return [
    el('div', { className: 'hero' }, picture(image, name)),
    el('h1', {}, name),
    ...notes,
    el('p', { className: 'big price' }, price ?? words.priceUnknown),
    el('p', { className: `stock ${stock === null ? '' : stock ? 'good' : 'bad'}` }, words.stock(stock)),
    kept && stock !== false
      ? button(words.addToCart, () => addToCart(app, kept.sku))
      : quiet(words.unavailable),
  ]
}

/** One way with and without a network: queued, and sent as soon as there is one. */
async function addToCart({ client, account, words, notify }: App, sku: string): Promise<void> {
  if (account.subject === undefined) return navigator.onLine ? goToLogIn() : notify(words.logInFirst)
  const key = await client.later((api) => api.v1.cart.items.$post({ json: { sku, quantity: 1 } }))
  await client.outbox.idle()
  if ((await client.outbox.pending()).some((write) => write.key === key)) notify(words.waits)
}
