import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { browser } from './chromium.ts'
import { type Running, type System, startProcess, startSystem, upstreamAddresses } from './harness.ts'
import { launchChrome } from './phone.ts'
import { logInOnPage } from './web-pages.ts'

const MINUTE = 60_000

let system: System
let chrome: Browser
let context: BrowserContext
let restarted: Running | undefined
beforeAll(async () => {
  if (!browser) return
  system = await startSystem()
  chrome = await launchChrome()
}, 4 * MINUTE)
afterEach(() => context?.close())
afterAll(async () => {
  await chrome?.close()
  await restarted?.stop()
  await system?.stop()
})

async function openPage(path: string): Promise<Page> {
  context = await chrome.newContext()
  context.setDefaultTimeout(MINUTE)
  const page = await context.newPage()
  if (path.startsWith('/orders')) await logInOnPage(page, system.web, system.demo.customer)
  await page.goto(`${system.web}${path}`)
  return page
}

const put = async (path: string, body: object): Promise<void> => {
  const answer = await fetch(`${system.control}${path}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}
const setStock = (available: number) => put('/stock/ber/HB-1005', { available })
const berlin = (page: Page, text: string) =>
  page
    .getByLabel('Stock by warehouse')
    .getByRole('listitem')
    .filter({ hasText: `Berlin ${text}` })
    .waitFor()

describe.skipIf(!browser)('a page that is open', { timeout: 4 * MINUTE }, () => {
  it('shows stock and price as they change', async () => {
    const page = await openPage('/products/p1005')
    await page.getByText('Live', { exact: true }).waitFor()
    await setStock(7_654)
    await berlin(page, '7654')
    await setStock(0)
    await berlin(page, 'sold out')
    await put('/prices/HB-1005', { saleMinor: 123 })
    await page.locator('.product-facts .price', { hasText: '1.23' }).waitFor()
  })

  it('shows the status of an order and the notification of it as they change', async () => {
    const { orderId } = system.demo
    const page = await openPage(`/orders/HC-2026-${orderId.slice(1)}`)
    await page.getByText('Live', { exact: true }).waitFor()
    const bell = page.getByRole('link', { name: /^Notifications/ })
    const unread = async () => Number(/\d+/.exec((await bell.getAttribute('aria-label')) ?? '')?.[0] ?? 0)
    await expect.poll(unread).toBeGreaterThan(0)
    const before = await unread()
    await put(`/orders/${orderId}`, { status: 'RETURNED' })
    await page.locator('.list-head .badge', { hasText: 'Returned' }).waitFor()
    await expect.poll(unread).toBe(before + 1)
  })

  it('says that it reconnects when the server is gone, and then shows what it missed', async () => {
    await setStock(11)
    const page = await openPage('/products/p1005')
    await berlin(page, '11')
    const { port } = new URL(system.web)
    await system.webProcess.kill()
    await page.getByText('Reconnecting', { exact: true }).waitFor()
    await setStock(12)
    restarted = await startProcess('graphql-bff', {
      ...upstreamAddresses(system.demo.services),
      EVENTS_URL: `${system.control}/events`,
      PORT: port,
    })
    await berlin(page, '12')
    await page.getByText('Live', { exact: true }).waitFor()
  })
})
