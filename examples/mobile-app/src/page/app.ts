import { createMobileClient } from '../client.ts'
import type { ClientEvent } from '../send.ts'
import { noStore, webStore } from '../store.ts'
import { openCatalogue } from './catalogue.ts'
import { el } from './elements.ts'
import { accessToken, finishLogIn, isLoggedIn, logOut, user } from './session.ts'
import { cartView } from './views/cart.ts'
import { checkoutView } from './views/checkout.ts'
import { homeView } from './views/home.ts'
import { productView } from './views/product.ts'
import { searchView } from './views/search.ts'
import { type App, problemView, type View } from './views/view.ts'
import { localeOf, WORDS } from './words.ts'

const ROUTES: readonly (readonly [RegExp, View])[] = [
  [/^#\/products\/(p\d+)$/, productView],
  [/^#\/search$/, searchView],
  [/^#\/cart$/, cartView],
  [/^#\/checkout$/, checkoutView],
  [/^/, homeView],
]

const NOTICE_MS = 4_000
const AGAIN_MS = 5_000

const place = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html: no #${id}`)
  return found
}
const view = place('view')

const locale = localeOf(new URLSearchParams(location.search).get('locale') ?? navigator.language)
const words = WORDS[locale]
document.documentElement.lang = locale

await finishLogIn().catch((error: unknown) => notify(String(error)))

const patience = { online: () => navigator.onLine }
const settings = { address: location.origin, locale, app: 'harbor/1.0.0 (web)', patience, onEvent }
const store = webStore(localStorage, `${user() ?? 'nobody'} `)
const client = createMobileClient({ ...settings, token: accessToken, store })
const app: App = {
  client,
  catalogue: openCatalogue(createMobileClient({ ...settings, store: noStore }).api),
  words,
  locale,
  notify,
  showItems,
  refresh: show,
}

let shows = 0

drawFrame()
addEventListener('hashchange', goOn)
addEventListener('online', catchUp)
addEventListener('offline', showNetwork)
setInterval(sendWhatWaits, AGAIN_MS)
await show()
await catchUp()
await navigator.serviceWorker?.register('/service-worker.js')

/** At the start and when there is a network again: what waits is sent, what is old is asked for. */
async function catchUp(): Promise<void> {
  const waiting = await waitingWrites()
  await Promise.all([client.outbox.flush(), app.catalogue.sync(), keepCart()])
  if ((await waitingWrites()) < waiting) await show()
  await showNetwork()
}

async function waitingWrites(): Promise<number> {
  return (await client.outbox.pending()).length
}

/** Not every network that comes back is told of: it may have been the BFF that was away. */
async function sendWhatWaits(): Promise<void> {
  if (!document.hidden && isLoggedIn() && (await waitingWrites()) > 0) await catchUp()
}

/** What is kept of the cart is what is shown of it without a network; and how much is in it. */
async function keepCart(): Promise<void> {
  if (user() === undefined) return
  const answer = await client.api.v1.cart.$get().catch(() => undefined)
  if (answer?.ok) showItems((await answer.json()).items)
}

async function goOn(): Promise<void> {
  await show()
  scrollTo(0, 0)
  view.focus({ preventScroll: true })
}

async function show(): Promise<void> {
  const { hash } = location
  const mine = ++shows
  const [pattern, shown] = ROUTES.find(([pattern]) => pattern.test(hash)) ?? [/^/, homeView]
  view.ariaBusy = 'true'
  const nodes = await shown(app, pattern.exec(hash)?.[1] ?? '').catch(() => problemView(app))
  // Another has begun meanwhile: of a later place, or of later data.
  if (mine !== shows) return
  view.ariaBusy = 'false'
  view.replaceChildren(...nodes)
  document.title = `${view.querySelector('h1')?.textContent ?? ''} – Harbor`
  for (const tab of place('tabs').querySelectorAll('a'))
    tab.ariaCurrent = tab.getAttribute('href') === (hash || '#/') ? 'page' : null
  await showNetwork()
}

async function showNetwork(): Promise<void> {
  const waiting = await waitingWrites()
  const texts = [!navigator.onLine && words.offline, waiting > 0 && words.waiting(waiting)].filter(Boolean)
  place('network').textContent = texts.join(' · ')
}

function onEvent(event: ClientEvent): void {
  if (event.type === 'app-too-old') showTooOld(event.updateUrl)
  if (event.type === 'write-refused') {
    notify(words.refused(event.reason ?? event.code))
    void show()
  }
  if (event.type === 'write-done') {
    const isOrder = event.path === '/v1/checkout'
    notify(isOrder ? words.placed : words.sent)
    if (isOrder) location.hash = '#/'
    void keepCart()
  }
}

function notify(text: string): void {
  const notice = el('p', {}, text)
  place('notices').replaceChildren(notice)
  setTimeout(() => notice.remove(), NOTICE_MS)
}

function showItems(items: number | undefined): void {
  const badge = document.getElementById('items')
  if (badge && items !== undefined) badge.textContent = items > 0 ? String(items) : ''
}

/** Nothing of this version works any more: all that is left is the way to another. */
function showTooOld(updateUrl: string | undefined): void {
  if (document.querySelector('dialog')) return
  const way =
    updateUrl === undefined ? null : el('a', { className: 'button main', href: updateUrl }, words.update)
  const icon = el('img', { className: 'mark', src: '/icon.svg', alt: '' })
  const dialog = el(
    'dialog',
    { oncancel: (event) => event.preventDefault() },
    icon,
    el('h1', {}, words.tooOld),
    way,
  )
  document.body.append(dialog)
  dialog.showModal()
}

function drawFrame(): void {
  const tab = (href: string, sign: string, label: string, ...more: Node[]) =>
    el('a', { href }, el('span', { className: `sign ${sign}`, ariaHidden: 'true' }), label, ...more)
  place('tabs').ariaLabel = words.sections
  place('tabs').replaceChildren(
    tab('#/', 'home', words.home),
    tab('#/search', 'search', words.search),
    tab('#/cart', 'cart', words.cart, el('span', { id: 'items', className: 'badge' })),
  )
  if (!isLoggedIn()) return
  const logOutAndForget = async () => {
    await store.clear()
    await logOut()
    location.assign('/')
  }
  Object.assign(place('log-out'), { textContent: words.logOut, hidden: false, onclick: logOutAndForget })
}
