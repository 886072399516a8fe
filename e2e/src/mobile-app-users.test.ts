import type { Browser, Page, Request, Route } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { browser } from './chromium.ts'
import { type Running, type System, startProcess, startSystem } from './harness.ts'
import {
  heading,
  installWorker,
  type Login,
  launchChrome,
  linesAddedAt,
  loadInFull,
  logIn,
  openPhone,
  storedText,
} from './phone.ts'

const MINUTE = 60_000

let system: System
let app: Running
let chrome: Browser
let origin: string
beforeAll(async () => {
  if (!browser) return
  system = await startSystem()
  app = await startProcess('examples/mobile-app', {
    MOBILE_BFF_URL: system.mobile,
    IDENTITY_URL: system.demo.services.identity,
  })
  origin = app.addresses.http ?? ''
  chrome = await launchChrome()
}, 4 * MINUTE)
afterAll(async () => {
  await chrome?.close()
  await app?.stop()
  await system?.stop()
})

const ADA = { id: 'c1001', username: 'ada@harbor.example', password: 'harbor' }
const MIRIAM = { id: 'c1002', username: 'miriam.gruber.1002@mail.example', password: 'harbor' }

/** The subject of the token that a request carries. */
const subjectOf = (request: Request): string => {
  const [, claims = ''] = (request.headers().authorization ?? '').split('.')
  return JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}').sub
}

const linesAdded = () => linesAddedAt(system.control)

async function addToCart(tab: Page): Promise<void> {
  await tab.goto(`${origin}/#/products/p1007`)
  await tab.getByRole('button', { name: 'Add to cart' }).click()
}

describe.skipIf(!browser)('two tabs of the mobile app on one phone', { timeout: 4 * MINUTE }, () => {
  let phone: Awaited<ReturnType<typeof openPhone>>
  beforeEach(async () => {
    phone = await openPhone(chrome, origin)
    return () => phone.close()
  })

  /** A tab whose user is logged in and whose home screen is stored for offline use. */
  async function tabOf(user: Login): Promise<Page> {
    const tab = await phone.openTab()
    // Identity knows the browser by its cookie, and would log the user before in again.
    await phone.context.clearCookies()
    await logIn(tab, user)
    await loadInFull(tab, '/v1/home')
    await heading(tab, /^Hello/).waitFor()
    await installWorker(tab)
    return tab
  }

  it('a user who logs in in one tab never sees the data of the user in the other, online or offline', async () => {
    const first = await tabOf(ADA)
    const second = await tabOf(MIRIAM)
    await heading(first, 'Welcome to Harbor').waitFor()
    expect(await storedText(second)).not.toContain('Ada')
    await first.reload()
    await heading(first, 'Welcome to Harbor').waitFor()
    await phone.context.setOffline(true)
    await first.reload()
    await first.getByText('There is no connection').waitFor()
    await second.reload()
    await heading(second, 'Hello, Miriam').waitFor()
    const third = await phone.openTab()
    await heading(third, 'Hello, Miriam').waitFor()
    for (const tab of [first, second, third]) expect(await tab.content()).not.toContain('Ada')
    expect(phone.errors).toEqual([])
  })

  it('a write is sent with the token of the user who made it, however long it waits', async () => {
    const sent: string[] = []
    let isLost = true
    await phone.context.route('**/v1/cart/items', (route) => {
      sent.push(subjectOf(route.request()))
      return isLost ? route.abort() : route.continue()
    })
    const first = await tabOf(ADA)
    await addToCart(first)
    await phone.noticed('It is put into your cart as soon as there is a connection.')
    const second = await tabOf(MIRIAM)
    await first.reload()
    await system.forgetCalls()
    isLost = false
    await addToCart(second)
    await phone.noticed('Your cart is up to date.')
    expect(await linesAdded()).toBe(1)
    expect(new Set(sent.splice(0, sent.indexOf(MIRIAM.id)))).toEqual(new Set([ADA.id]))
    expect(sent).toEqual([MIRIAM.id])

    await phone.context.clearCookies()
    await logIn(first, ADA)
    await expect.poll(linesAdded, { timeout: MINUTE }).toBe(2)
    expect(sent).toEqual([MIRIAM.id, ADA.id])
  })

  it('log-out in one tab ends the other and leaves nothing private, not even an answer that was on its way', async () => {
    const first = await tabOf(ADA)
    const second = await tabOf(ADA)
    const held: Route[] = []
    const asked = new Promise<void>((resolve) =>
      second.route('**/v1/home', (route) => {
        held.push(route)
        resolve()
      }),
    )
    await second.goto(`${origin}/#/search`)
    await second.goto(`${origin}/#/`)
    await asked
    await first.getByRole('button', { name: 'Log out' }).click()
    await second.unroute('**/v1/home')
    for (const route of held) await route.continue().catch(() => {}) // The tab has given it up.
    for (const tab of [first, second]) await heading(tab, 'Welcome to Harbor').waitFor()
    expect(await storedText(first)).not.toMatch(/Ada|c1001|eyJ|\/v1\/(home|cart)/)
    expect(await storedText(second)).not.toMatch(/Ada|c1001|eyJ|\/v1\/(home|cart)/)
    await phone.context.setOffline(true)
    for (const tab of [first, second]) {
      await tab.reload()
      await tab.getByText('There is no connection').waitFor()
    }
    expect(phone.errors).toEqual([])
  })

  it('identity asks who logs in after a log-out', async () => {
    const tab = await tabOf(ADA)
    await tab.getByRole('button', { name: 'Log out' }).click()
    await logIn(tab, MIRIAM)
    await heading(tab, 'Hello, Miriam').waitFor()
  })

  it('an answer of a refresh with another user’s tokens is refused', async () => {
    const first = await tabOf(MIRIAM)
    const foreign = await first.evaluate<string>("sessionStorage.getItem('account')")
    const second = await tabOf(ADA)
    const { access } = JSON.parse(foreign).tokens
    await second.route('**/token', (route) =>
      route.fulfill({ json: { access_token: access, refresh_token: 'r', expires_in: 600 } }),
    )
    await second.evaluate(`(() => {
      const state = JSON.parse(sessionStorage.getItem('account'))
      state.tokens.expiresAt = 0
      sessionStorage.setItem('account', JSON.stringify(state))
    })()`)
    await second.reload()
    await heading(second, 'Welcome to Harbor').waitFor()
    expect(await storedText(second)).not.toMatch(/Miriam|eyJ/)
  })
})
