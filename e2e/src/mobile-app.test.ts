import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browser, openBrowser } from './chromium.ts'
import { type Running, type System, startProcess, startSystem } from './harness.ts'

const PHONE = { width: 390, height: 844 }
/** Where a developer wants to look at each view: a folder. */
const { SCREENSHOTS } = process.env

let system: System
let app: Running
beforeAll(async () => {
  if (!browser) return
  system = await startSystem()
  app = await startProcess('examples/mobile-app', {
    MOBILE_BFF_URL: system.mobile,
    IMAGES_URL: system.demo.services.images,
    IDENTITY_URL: system.demo.services.identity,
  })
})
afterAll(async () => {
  await app?.stop()
  await system?.stop()
})

/** Calls of the cart service that put something into a cart. */
async function linesAdded(): Promise<number> {
  const counts = (await (await fetch(`${system.control}/calls`)).json()) as Record<
    string,
    Record<string, number>
  >
  return counts.cart?.['POST /carts/{id}/lines'] ?? 0
}

const ordersPlaced = async (): Promise<{ customerId: string }[]> =>
  ((await (await fetch(`${system.control}/placed`)).json()) as { orders: { customerId: string }[] }).orders

const problem = (status: number, body: Record<string, unknown>) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify(body),
})

describe.skipIf(!browser)('the page of the mobile app', () => {
  let opened: Awaited<ReturnType<typeof openBrowser>>
  beforeAll(async () => {
    opened = await openBrowser()
    await opened.page.setViewportSize(PHONE)
  })
  afterAll(() => opened?.close())

  const look = async (name: string) =>
    SCREENSHOTS && (await opened.page.screenshot({ path: `${SCREENSHOTS}/${name}.png` }))
  const open = (hash: string) => opened.page.goto(`${app.addresses.http}/#${hash}`)
  const heading = (name: string | RegExp) => opened.page.getByRole('heading', { level: 1, name })

  it('can be installed', async () => {
    const { page, context } = opened
    await page.goto(`${app.addresses.http}/`)
    await heading('Welcome to Harbor').waitFor()
    await look('welcome')
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
    const devtools = await context.newCDPSession(page)
    const { errors } = await devtools.send('Page.getAppManifest')
    expect(errors).toEqual([])
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
    // A context of a test is one of incognito mode, from where nothing is installed.
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
  })

  it('logs its user in at identity, by code and PKCE, and comes back', async () => {
    const { page } = opened
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByLabel('E-mail').fill(system.demo.customer.username)
    await page.getByLabel('Password').fill(system.demo.customer.password)
    await page.getByRole('button', { name: 'Log in' }).click()
    await heading('Hello, Ada').waitFor()
    expect(page.url()).toBe(`${app.addresses.http}/`)
    await page.getByRole('heading', { name: 'Your orders' }).waitFor()
    await look('home')
  })

  it('finds a product, puts it into the cart and orders it', async () => {
    const { page } = opened
    await page.getByRole('link', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('ostra hearth')
    await page
      .getByRole('link', { name: /Ostra Hearth/ })
      .first()
      .waitFor()
    await look('search')
    await page
      .getByRole('link', { name: /Ostra Hearth Sauté Pan/ })
      .first()
      .click()
    await heading(/Ostra Hearth Sauté Pan/).waitFor()
    await page.getByText('In stock').waitFor()
    await look('product')
    await system.forgetCalls()
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await page.getByText('Your cart is up to date.').waitFor()
    expect(await linesAdded()).toBe(1)
    await page.getByRole('link', { name: /^Cart/ }).click()
    await heading('Cart').waitFor()
    await look('cart')
    await page.getByRole('link', { name: 'Checkout' }).click()
    await page.getByRole('button', { name: 'Place the order' }).waitFor()
    await look('checkout')
    const before = (await ordersPlaced()).length
    await page.getByRole('button', { name: 'Place the order' }).click()
    await page.getByText('Thank you. Your order is placed.').waitFor()
    await heading('Hello, Ada').waitFor()
    await look('ordered')
    const placed = await ordersPlaced()
    expect(placed).toHaveLength(before + 1)
    expect(placed.at(-1)?.customerId).toBe(system.demo.customer.id)
  })

  it('opens and shows what it has without a network, and sends a change once when there is one again', async () => {
    const { page, context } = opened
    await context.setOffline(true)
    await page.reload()
    await heading('Hello, Ada').waitFor()
    await page.getByText('As last seen').waitFor()
    await look('home-offline')

    // It was never shown: it comes out of the catalogue of the phone.
    await open('/products/p1007')
    await page.getByText('Stock not known now').waitFor()
    await look('product-offline')
    await system.forgetCalls()
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await page.getByText('It is put into your cart as soon as there is a connection.').waitFor()
    await open('/checkout')
    await page.getByText('The checkout needs a connection').waitFor()
    await open('/cart')
    await heading('Cart').waitFor()
    await look('cart-offline')
    await page.reload()
    await page.getByRole('heading', { name: '1 waiting to be sent' }).waitFor()
    expect(await linesAdded()).toBe(0)

    await context.setOffline(false)
    await page.getByText('Your cart is up to date.').waitFor()
    const more = page.getByRole('button', { name: 'One more: Norrsken Slate Vacuum Sealer' })
    await more.waitFor()
    await page.reload()
    await more.waitFor()
    expect(await linesAdded()).toBe(1)
  })

  it('loads the whole catalogue again when it is told to start over', async () => {
    const { page, context } = opened
    const bundle = page.waitForRequest('**/v1/offline-bundle')
    await context.route('**/v1/changes?*', (route) => route.fulfill(problem(410, { code: 'START_OVER' })))
    await page.reload()
    expect((await (await bundle).response())?.status()).toBe(200)
    await context.unroute('**/v1/changes?*')
  })

  it('speaks the language that it is asked for, and has amounts of the BFF in it', async () => {
    const { page } = opened
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(`${app.addresses.http}/?locale=de#/cart`)
    await heading('Warenkorb').waitFor()
    await page
      .getByText(/\d,\d\d\s€/)
      .first()
      .waitFor()
    await look('cart-german-dark')
  })

  it('shows what it has while the BFF is gone, too', async () => {
    await system.mobileProcess.stop()
    await open('/')
    await opened.page.reload()
    await heading('Hello, Ada').waitFor()
    await opened.page.getByText('As last seen').waitFor()
  })

  it('shows the way to a newer version, and nothing else, once it is not served any more', async () => {
    const { page, context, errors } = opened
    const body = { code: 'APP_TOO_OLD', retryable: false, updateUrl: 'https://harbor.example/update' }
    await context.route('**/v1/home', (route) => route.fulfill(problem(426, body)))
    await page.reload()
    await heading('This version of the app is no longer served.').waitFor()
    await look('too-old')
    const way = page.getByRole('link', { name: 'Get the new one' })
    expect(await way.getAttribute('href')).toBe('https://harbor.example/update')
    expect(errors).toEqual([])
  })
})
