/** Shopping on the page of the dashboard: into the cart, out of it and back, and the order, which is placed once. */
import axe from 'axe-core'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { browser } from './chromium.ts'
import { type System, startSystem } from './harness.ts'
import { launchChrome } from './phone.ts'
import { logInOnPage, settled } from './web-pages.ts'

const MINUTE = 60_000

let system: System
let chrome: Browser
beforeAll(async () => {
  if (!browser) return
  system = await startSystem()
  chrome = await launchChrome()
}, 4 * MINUTE)
afterAll(async () => {
  await chrome?.close()
  await system?.stop()
})

describe.skipIf(!browser)('a customer who shops on the page', { timeout: 4 * MINUTE }, () => {
  let context: BrowserContext
  let wrong: string[]
  /** Customers that no other test of this file uses: their carts are as the seed makes them. */
  let customer = 1_300
  beforeEach(async () => {
    context = await chrome.newContext({ viewport: { width: 1280, height: 860 } })
    context.setDefaultTimeout(MINUTE)
    wrong = []
    customer++
    return async () => {
      await context.close()
      await system.heal()
    }
  })

  const asked = async <T>(path: string) => (await (await fetch(`${system.control}${path}`)).json()) as T
  const ordersOf = async () =>
    (await asked<{ orders: { id: string; customerId: string }[] }>('/placed')).orders.length

  async function open(path: string): Promise<Page> {
    const page = await context.newPage()
    const { username } = await asked<{ username: string }>(`/users/c${customer}/tokens`)
    await logInOnPage(page, system.web, { username, password: 'harbor' })
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
    page.on('pageerror', ({ message }) => wrong.push(message))
    await page.goto(`${system.web}${path}`)
    await settled(page)
    // On a busy machine a service may be too late for a part of the page.
    for (let tries = 0; tries < 5 && (await page.locator('.degraded').count()) > 0; tries++) {
      await page.reload()
      await settled(page)
    }
    return page
  }
  async function expectNoFindings(page: Page): Promise<void> {
    await page.evaluate(axe.source)
    const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  }
  const isCheckout = (request: Request) => (request.postData() ?? '').includes('paymentMethod')
  const quantities = (page: Page) =>
    page.getByRole('textbox', { name: /^Quantity of/ }).evaluateAll((fields) =>
      // In the page, which this file has no types of.
      fields.map((field) => Number(Reflect.get(field, 'value'))),
    )

  it('puts things into the cart, changes and takes them out, and takes that back', async () => {
    const page = await open('/products/p1001')
    await page.getByRole('button', { name: 'Quantity: one more' }).click()
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await page.getByText(/^2 × /).waitFor()
    await expectNoFindings(page)
    await page.getByRole('button', { name: 'Open the cart' }).click()
    await page.getByRole('heading', { name: 'Your cart' }).waitFor()
    await settled(page)
    const before = await quantities(page)
    const total = page.locator('.totals dd').last()
    const first = await total.textContent()
    await page
      .getByRole('button', { name: /one more$/ })
      .first()
      .click()
    await expect.poll(() => total.textContent()).not.toBe(first)
    expect(await quantities(page)).toEqual([(before[0] ?? 0) + 1, ...before.slice(1)])
    await page
      .getByRole('button', { name: /^Take .* out of the cart$/ })
      .first()
      .click()
    await page.getByText('Taken out of your cart').waitFor()
    await expect.poll(async () => (await quantities(page)).length).toBe(before.length - 1)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect
      .poll(async () => (await quantities(page)).toSorted())
      .toEqual([(before[0] ?? 0) + 1, ...before.slice(1)].toSorted())
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0)
    await expectNoFindings(page)
    expect(wrong).toEqual([])
  })

  it('is told that a payment was declined, chooses another by the keyboard, and orders', async () => {
    const before = await ordersOf()
    const page = await open('/checkout')
    await page.getByText('A card that is declined').click()
    await page.getByRole('button', { name: /^Order for/ }).click()
    const alert = page.locator('[role=alert]:focus')
    await alert.getByText('The payment was declined. Nothing was charged.').waitFor()
    await expectNoFindings(page)
    expect(await ordersOf()).toBe(before)
    await page.getByRole('radio', { name: /^Card/ }).focus()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('radio', { name: /^Invoice/, checked: true }).waitFor()
    await page.getByRole('button', { name: /^Order for/ }).focus()
    await page.keyboard.press('Enter')
    await page.locator('h1:focus', { hasText: 'Thank you' }).waitFor()
    await expectNoFindings(page)
    await page.getByRole('link', { name: 'See the order' }).click()
    await page.getByRole('heading', { name: /^HC-/ }).waitFor()
    expect(await ordersOf()).toBe(before + 1)
    expect(wrong).toEqual([])
  })

  it('orders once, though the page is reloaded while the payment hangs', async () => {
    const before = await ordersOf()
    const page = await open('/checkout')
    const keys: string[] = []
    page.on('request', (request) => {
      if (isCheckout(request))
        keys.push(/"idempotencyKey":"([^"]+)"/.exec(request.postData() ?? '')?.[1] ?? '')
    })
    await system.fault('payments', { hang: true })
    await page.getByRole('button', { name: /^Order for/ }).click()
    await page.getByText('Placing your order…').waitFor()
    await expect.poll(() => keys.length).toBeGreaterThan(0)
    await page.reload()
    await page.getByText('Placing your order…').waitFor()
    await system.heal()
    await page.getByRole('heading', { name: 'Thank you' }).waitFor()
    expect(keys.length).toBeGreaterThan(1)
    expect(new Set(keys).size).toBe(1)
    expect(await ordersOf()).toBe(before + 1)
    await page.reload()
    await page.getByText('Your cart is empty.').waitFor()
    expect(await ordersOf()).toBe(before + 1)
  })

  it('is not charged for a cart that changed in another tab, and sees it as it is', async () => {
    const before = await ordersOf()
    const page = await open('/checkout')
    const other = await context.newPage()
    await other.goto(`${system.web}/products/p1002`)
    await other.getByRole('button', { name: 'Add to cart' }).click()
    await other.getByText('In your cart').waitFor()
    const button = page.getByRole('button', { name: /^Order for/ })
    const shown = await button.textContent()
    await button.click()
    await page.getByText('The cart has changed since it was shown.').waitFor()
    await expect.poll(() => button.textContent()).not.toBe(shown)
    expect(await ordersOf()).toBe(before)
  })

  it('marks notifications as read, and keeps the choice of what to hear', async () => {
    const page = await open('/notifications')
    await page.getByRole('button', { name: 'Mark all as read' }).click()
    await page.getByText('0 unread').waitFor()
    const sms = page.getByRole('switch', { name: 'By text message' })
    const chosen = await sms.getAttribute('aria-checked')
    const stored = page.waitForResponse((answer) => (answer.request().postData() ?? '').includes('"sms"'))
    await sms.focus()
    await page.keyboard.press('Space')
    expect((await stored).status()).toBe(200)
    await page.reload()
    await settled(page)
    expect(await sms.getAttribute('aria-checked')).not.toBe(chosen)
    expect(wrong).toEqual([])
  })
})
