import { until } from '@harbor/shared-testing/until'
import type { Page } from 'playwright-core'

/** The pages of the dashboard: what is looked at in each theme and at each width. */
export const PAGES: readonly { name: string; path: string; as?: 'customer' }[] = [
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
