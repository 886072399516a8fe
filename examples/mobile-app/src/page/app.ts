import { AccountEnded, nobody } from '../account.ts'
import { createAccounts } from '../accounts.ts'
import { createMobileClient } from '../client.ts'
import type { ClientEvent } from '../send.ts'
import { noStore } from '../store.ts'
import { openCatalogue } from './catalogue.ts'
import { el } from './elements.ts'
import { indexedStore } from './indexed-store.ts'
import { askWhoLogsIn, finishLogIn, identity } from './log-in.ts'
import { tab } from './tab.ts'
import { announce, onAnnounced } from './tabs.ts'
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

const accounts = createAccounts({ device: indexedStore(), tab, identity, announce })
try {
  const grant = await finishLogIn()
  if (grant) await accounts.logIn(grant)
} catch (error) {
  notify(String(error))
}
// Without storage, as in some private windows, the page still shows what is public.
const account = (await accounts.open().catch(() => undefined)) ?? nobody()

const patience = { online: () => navigator.onLine }
const settings = { address: location.origin, locale, app: 'harbor/1.0.0 (web)', patience, onEvent }
const client = createMobileClient({ ...settings, account })
const app: App = {
  client,
  account,
  catalogue: openCatalogue(createMobileClient({ ...settings, account: nobody(noStore) }).api),
  words,
  locale,
  notify,
  showItems,
  refresh: show,
}

let shows = 0
let hasLeft = false
/** Whether what is shown is only that there was no answer. */
let isProblem = false

drawFrame()
addEventListener('hashchange', goOn)
addEventListener('online', catchUp)
addEventListener('offline', showNetwork)
// Nothing is left for the browser's back and forward cache.
addEventListener('pagehide', () => view.replaceChildren())
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
onAnnounced(leaveIfEnded)
setInterval(lookAgain, AGAIN_MS)
await show()
await catchUp()
await navigator.serviceWorker?.register('/service-worker.js').catch(() => {})

/** At the start and when there is a network again: sends what waits and refreshes what is stored. */
async function catchUp(): Promise<void> {
  const waiting = await waitingWrites()
  await Promise.all([client.outbox.flush(), app.catalogue.sync(), keepCart()])
  if (isProblem || (await waitingWrites()) < waiting) await show()
  await showNetwork()
}

/** 0 when the account has ended or the store fails. */
async function waitingWrites(): Promise<number> {
  return (await client.outbox.pending().catch(() => [])).length
}

/** No event says that the BFF can be reached again. */
async function lookAgain(): Promise<void> {
  if (document.hidden || hasLeft) return
  if (isProblem || (account.isLoggedIn && (await waitingWrites()) > 0)) await catchUp()
}

/** Stores the cart, so that it can be shown without a network, and shows how much is in it. */
async function keepCart(): Promise<void> {
  if (!account.isLoggedIn) return
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
  const nodes = await shown(app, pattern.exec(hash)?.[1] ?? '').catch((error: unknown) =>
    error instanceof AccountEnded ? leave() : problemView(app),
  )
  // Another view was begun meanwhile, for another place or newer data; or the account has ended.
  if (mine !== shows || hasLeft || !nodes) return
  view.ariaBusy = 'false'
  view.replaceChildren(...nodes)
  isProblem = view.querySelector('.problem') !== null
  document.title = `${view.querySelector('h1')?.textContent ?? ''} – Harbor`
  for (const tab of place('tabs').querySelectorAll('a'))
    tab.ariaCurrent = tab.getAttribute('href') === (hash || '#/') ? 'page' : null
  await showNetwork()
}

/** One look at the store, which knows first. */
async function leaveIfEnded(): Promise<void> {
  await account.store
    .transact(async () => {})
    .catch((error: unknown) => {
      if (error instanceof AccountEnded) leave()
    })
}

/** The account has ended: nothing of it is shown any more, and a reload ends all that still runs for it. */
function leave(): void {
  if (hasLeft) return
  hasLeft = true
  for (const place of [view, ...document.querySelectorAll('#notices, #items')]) place.replaceChildren()
  history.replaceState(null, '', `/${location.search}`)
  location.reload()
}

async function showNetwork(): Promise<void> {
  const waiting = await waitingWrites()
  if (hasLeft) return
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
  if (hasLeft) return
  const notice = el('p', {}, text)
  place('notices').replaceChildren(notice)
  setTimeout(() => notice.remove(), NOTICE_MS)
}

function showItems(items: number | undefined): void {
  const badge = document.getElementById('items')
  if (badge && items !== undefined && !hasLeft) badge.textContent = items > 0 ? String(items) : ''
}

/** This version no longer works: the page shows only where to get a newer one. */
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
  if (account.subject === undefined) return
  const logOut = async () => {
    askWhoLogsIn()
    await account.logOut().catch(() => {}) // It has ended in another tab, or there is nothing stored.
    leave()
  }
  Object.assign(place('log-out'), { textContent: words.logOut, hidden: false, onclick: logOut })
}
