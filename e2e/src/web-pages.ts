import { until } from '@harbor/shared-testing/until'
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** The pages of the dashboard: what is looked at in each theme and at each width. */
export const PAGES: readonly { name: string; path: string; as?: 'customer' | 'staff' }[] = [
  { name: 'visitor', path: '/' },
  { name: 'home', path: '/', as: 'customer' },
  { name: 'category', path: '/categories/cat-01' },
  { name: 'search', path: '/search?words=lamp' },
  { name: 'search-nothing', path: '/search?words=xyzzy' },
  { name: 'product', path: '/products/p1001' },
  { name: 'cart', path: '/cart', as: 'customer' },
  { name: 'checkout', path: '/checkout', as: 'customer' },
  { name: 'orders', path: '/orders', as: 'customer' },
  { name: 'order', path: '/orders/HC-2026-104988', as: 'customer' },
  { name: 'notifications', path: '/notifications', as: 'customer' },
  { name: 'log-in-first', path: '/orders' },
  { name: 'tables-products', path: '/tables/products', as: 'staff' },
  { name: 'tables-stock', path: '/tables/stock?sort=AVAILABLE&descending=true', as: 'staff' },
  { name: 'tables-prices', path: '/tables/prices', as: 'staff' },
  { name: 'tables-promotions', path: '/tables/promotions', as: 'staff' },
  { name: 'tables-carts', path: '/tables/carts', as: 'staff' },
  { name: 'tables-orders', path: '/tables/orders', as: 'staff' },
  { name: 'tables-payments', path: '/tables/payments', as: 'staff' },
  { name: 'tables-shipments', path: '/tables/shipments', as: 'staff' },
  { name: 'tables-tax', path: '/tables/tax', as: 'staff' },
  { name: 'tables-customers', path: '/tables/customers', as: 'staff' },
  { name: 'tables-reviews', path: '/tables/reviews', as: 'staff' },
  { name: 'tables-audit-events', path: '/tables/audit-events', as: 'staff' },
  { name: 'tables-nothing', path: '/tables/prices?filter=%7B%22sku%22%3A%22nothing%22%7D', as: 'staff' },
  { name: 'tables-not-for-customers', path: '/tables/products', as: 'customer' },
]

export const THEMES = ['light', 'dark'] as const
export const SIZES = [
  { width: 1280, height: 860 },
  { width: 390, height: 844 },
]

/** Logs in by the form of the identity service, and is back on the page of the dashboard. */
export async function logInOnPage(
  page: Page,
  web: string,
  { username, password }: { username: string; password: string },
  returnTo = '/',
): Promise<void> {
  await page.goto(`${web}/auth/login?returnTo=${encodeURIComponent(returnTo)}`)
  await page.getByLabel('E-mail').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.locator('#user').waitFor()
}

/** Logs out by the menu, here and, as it asks, at the identity service. */
export async function logOutOnPage(
  page: Page,
  word: 'Log out' | 'Log out everywhere' = 'Log out',
): Promise<void> {
  await page.locator('#user').click()
  await page.getByRole('menuitem', { name: word, exact: true }).click()
  await page.getByRole('heading', { name: 'Log out?' }).waitFor()
}

/** So long nothing has been loaded when a page is at rest. */
const REST_MS = 600

const AT_REST = `(() => {
  const last = Math.max(0, ...performance.getEntries().map((entry) => entry.startTime + entry.duration))
  const waiting = [...document.images].some((one) => !one.complete && one.loading !== 'lazy')
  return performance.now() - last > ${REST_MS} && !waiting && !document.querySelector('.skeleton')
})()`

/**
 * Nothing is loading any more, neither data nor a picture in sight. Not by the browser's own measure of an idle
 * network: the streams of what is live stay open.
 */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await page.locator('.skeleton').first().waitFor({ state: 'detached' })
  await until(async () => (await page.evaluate(AT_REST)) === true, 60_000)
}

/** Serious and critical findings. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}
