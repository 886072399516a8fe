import type { Browser, Page } from 'playwright-core'
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
} from './phone.ts'

/** A folder for pictures of each view, for a developer who wants to look at them. */
const { SCREENSHOTS } = process.env

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

const linesAdded = () => linesAddedAt(system.control)

const ordersPlaced = async (): Promise<{ customerId: string }[]> =>
  ((await (await fetch(`${system.control}/placed`)).json()) as { orders: { customerId: string }[] }).orders

const problem = (status: number, body: Record<string, unknown>) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify(body),
})

const look = async (page: Page, name: string) =>
  SCREENSHOTS && (await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` }))

// Each test has a phone of its own, and a customer of its own where it changes their cart.
describe.skipIf(!browser)('the page of the mobile app', { timeout: 4 * MINUTE }, () => {
  let phone: Awaited<ReturnType<typeof openPhone>>
  beforeEach(async () => {
    phone = await openPhone(chrome, origin)
    return () => phone.close()
  })

  /** A tab whose user is logged in and sees a complete home screen. */
  async function home({ username, password }: Login = system.demo.customer): Promise<Page> {
    const page = await phone.openTab()
    await logIn(page, { username, password })
    await loadInFull(page, '/v1/home')
    await heading(page, /^Hello/).waitFor()
    return page
  }

  it('can be installed', async () => {
    const page = await phone.openTab()
    await heading(page, 'Welcome to Harbor').waitFor()
    await look(page, 'welcome')
    await installWorker(page)
    const devtools = await phone.context.newCDPSession(page)
    const { errors } = await devtools.send('Page.getAppManifest')
    expect(errors).toEqual([])
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
    // A context of a test counts as incognito mode, from where nothing can be installed.
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
  })

  it('logs its user in at identity, by code and PKCE, and comes back', async () => {
    const page = await home()
    await heading(page, 'Hello, Ada').waitFor()
    expect(page.url()).toBe(`${origin}/#/`)
    await page.getByRole('heading', { name: 'Your orders' }).waitFor()
    await look(page, 'home')
  })

  it('finds a product, adds it to the cart and orders it', async () => {
    const page = await home()
    await page.getByRole('link', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('ostra hearth')
    const found = page.getByRole('link', { name: /Ostra Hearth Sauté Pan/ }).first()
    await found.waitFor()
    await look(page, 'search')
    await found.click()
    await heading(page, /Ostra Hearth Sauté Pan/).waitFor()
    await loadInFull(page, `/v1/products/${page.url().split('/').at(-1)}`)
    await page.getByText('In stock').waitFor()
    await look(page, 'product')
    await system.forgetCalls()
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await phone.noticed('Your cart is up to date.')
    expect(await linesAdded()).toBe(1)
    await page.getByRole('link', { name: /^Cart/ }).click()
    await heading(page, 'Cart').waitFor()
    await look(page, 'cart')
    await page.getByRole('link', { name: 'Checkout' }).click()
    await page.getByRole('button', { name: 'Place the order' }).waitFor()
    await look(page, 'checkout')
    const before = (await ordersPlaced()).length
    await page.getByRole('button', { name: 'Place the order' }).click()
    await phone.noticed('Thank you. Your order is placed.')
    await heading(page, 'Hello, Ada').waitFor()
    await look(page, 'ordered')
    const placed = await ordersPlaced()
    expect(placed).toHaveLength(before + 1)
    expect(placed.at(-1)?.customerId).toBe(system.demo.customer.id)
  })

  it('opens and shows what is stored without a network, and sends a change once when there is one again', async () => {
    const page = await home({ username: 'yuki.kato.1003@mail.example', password: 'harbor' })
    await page.goto(`${origin}/#/cart`)
    await loadInFull(page, '/v1/cart')
    await heading(page, 'Cart').waitFor()
    await page.goto(`${origin}/#/search`)
    await page.getByRole('link', { name: /Ostra/ }).first().waitFor()
    await installWorker(page)
    await phone.context.setOffline(true)
    await page.goto(`${origin}/#/`)
    await page.reload()
    await heading(page, 'Hello, Yuki').waitFor()
    await page.getByText('As last seen').waitFor()
    await look(page, 'home-offline')

    // It was never shown: it comes from the catalogue on the phone.
    await page.goto(`${origin}/#/products/p1007`)
    await page.getByText('Stock not known now').waitFor()
    await look(page, 'product-offline')
    await system.forgetCalls()
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await phone.noticed('It is put into your cart as soon as there is a connection.')
    await page.goto(`${origin}/#/checkout`)
    await page.getByText('The checkout needs a connection').waitFor()
    await page.goto(`${origin}/#/cart`)
    await heading(page, 'Cart').waitFor()
    await look(page, 'cart-offline')
    await page.reload()
    await page.getByRole('heading', { name: '1 waiting to be sent' }).waitFor()
    expect(await linesAdded()).toBe(0)

    await phone.context.setOffline(false)
    await phone.noticed('Your cart is up to date.')
    const more = page.getByRole('button', { name: 'One more: Norrsken Slate Vacuum Sealer' })
    await more.waitFor()
    await page.reload()
    await more.waitFor()
    expect(await linesAdded()).toBe(1)
  })

  it('loads the whole catalogue again when it has to start over', async () => {
    const page = await phone.openTab('/search')
    await page.getByRole('link', { name: /Ostra/ }).first().waitFor()
    await phone.context.route('**/v1/changes?*', (route) =>
      route.fulfill(problem(410, { code: 'START_OVER' })),
    )
    const bundle = page.waitForResponse('**/v1/offline-bundle')
    await page.reload()
    expect((await bundle).status()).toBe(200)
  })

  it('shows the language that it is asked for, with the amounts of the BFF in it', async () => {
    const page = await home({ username: 'femke.visser.1004@mail.example', password: 'harbor' })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(`${origin}/?locale=de#/cart`)
    await loadInFull(page, '/v1/cart')
    await heading(page, 'Warenkorb').waitFor()
    await page
      .getByText(/\d,\d\d\s€/)
      .first()
      .waitFor()
    await look(page, 'cart-german-dark')
  })

  it('shows what is stored while the BFF is gone, and the answer once it is back', async () => {
    let isGone = true
    await phone.context.route('**/v1/**', (route) =>
      isGone ? route.fulfill({ status: 502, body: 'Bad gateway' }) : route.continue(),
    )
    const page = await phone.openTab()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    isGone = false
    // No event tells the page of it.
    await heading(page, 'Welcome to Harbor').waitFor()

    await logIn(page, system.demo.customer)
    await loadInFull(page, '/v1/home')
    isGone = true
    await page.reload()
    await heading(page, 'Hello, Ada').waitFor()
    await page.getByText('As last seen').waitFor()
  })

  it('shows the way to a newer version, and nothing else, once this one is no longer served', async () => {
    const page = await home()
    const body = { code: 'APP_TOO_OLD', retryable: false, updateUrl: 'https://harbor.example/update' }
    await phone.context.route('**/v1/home', (route) => route.fulfill(problem(426, body)))
    await page.reload()
    await heading(page, 'This version of the app is no longer served.').waitFor()
    await look(page, 'too-old')
    const way = page.getByRole('link', { name: 'Get the new one' })
    expect(await way.getAttribute('href')).toBe('https://harbor.example/update')
    expect(phone.errors).toEqual([])
  })
})
