import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Dashboard } from '../../examples/web-dashboard/src/gen/operations.ts'
import { browser } from './chromium.ts'
import { type System, startSystem } from './harness.ts'
import { launchChrome } from './phone.ts'
import { logInOnPage, logOutOnPage, settled } from './web-pages.ts'

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

const ADA = { username: 'ada@harbor.example', password: 'harbor' }
const MIRIAM = { username: 'miriam.gruber.1002@mail.example', password: 'harbor' }

const isDashboard = (url: URL) => url.searchParams.get('documentId') === `sha256:${Dashboard.hash}`

/** What the dashboard of Ada would show if it came now. */
const LATE = {
  data: {
    viewer: {
      displayName: 'Ada',
      email: null,
      loyalty: null,
      unreadNotifications: 0,
      cart: null,
      orders: null,
      recommendations: null,
    },
  },
}

describe.skipIf(!browser)('the page of the dashboard', { timeout: 4 * MINUTE }, () => {
  let context: BrowserContext
  let errors: string[]
  beforeEach(async () => {
    context = await chrome.newContext()
    context.setDefaultTimeout(MINUTE)
    errors = []
    return () => context.close()
  })

  async function openTab(path = '/'): Promise<Page> {
    const page = await context.newPage()
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.goto(`${system.web}${path}`)
    return page
  }

  /** Holds requests that fit back; `asked` resolves with the first. */
  async function hold(page: Page, fits: (url: URL) => boolean) {
    const held: Route[] = []
    const asked = new Promise<void>((resolve) =>
      page.route(fits, (route) => {
        held.push(route)
        resolve()
      }),
    )
    return { held, asked }
  }

  const drawn = (page: Page) =>
    page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))',
    )

  it.each(['%E0%A4%A', '%', '%FF', '<b>', 'x'.repeat(70), '__proto__'])(
    'says what is wrong with the address /products/%s, and shows the next one',
    async (id) => {
      const page = await openTab(`/products/${id}`)
      await page
        .getByText(/There is no product|An id has|There is nothing here/)
        .first()
        .waitFor()
      await page.goto(`${system.web}/products/p1002`)
      await page.locator('main h1').waitFor()
      expect(errors).toEqual([])
    },
  )

  it('shows the product of the address, whichever answer comes last', async () => {
    const page = await openTab('/products/p1001')
    await page.locator('.product-facts h1').waitFor()
    const { held, asked } = await hold(page, (url) => url.search.includes('p1002'))
    const goTo = (id: string) =>
      page.evaluate(
        `history.pushState({}, '', '/products/${id}'); dispatchEvent(new PopStateEvent('popstate'))`,
      )
    await goTo('p1002')
    await asked
    await goTo('p1003')
    await page.locator('.product-facts h1').waitFor()
    const shown = await page.locator('.product-facts h1').textContent()
    // The page may have given the request up meanwhile.
    for (const route of held) await route.continue().catch(() => {})
    await settled(page)
    await drawn(page)
    expect(await page.locator('.product-facts h1').textContent()).toBe(shown)
    expect(page.url()).toContain('p1003')
  })

  it('shows nothing of a session that ended, whatever of it arrives later', async () => {
    const first = await openTab()
    await logInOnPage(first, system.web, ADA)
    const { held, asked } = await hold(first, isDashboard)
    await first.reload()
    await asked
    const second = await openTab()
    await logOutOnPage(second)
    await second.getByRole('button', { name: 'Log out' }).click()
    await second.getByRole('link', { name: 'Log in' }).first().waitFor()
    // Without a reload: the second tab has told the first.
    await first.getByText('Your session has ended').waitFor()
    for (const route of held) await route.fulfill({ json: LATE }).catch(() => {})
    await first.unroute(isDashboard)
    await logInOnPage(second, system.web, MIRIAM)
    await first.locator('#user', { hasText: 'Miriam G.' }).waitFor()
    await drawn(first)
    expect(await first.locator('body').textContent()).not.toContain('Ada')
    expect(errors).toEqual([])
  })

  it('does not draw an answer when the cookie has become another user’s, though nobody said so', async () => {
    const first = await openTab()
    await logInOnPage(first, system.web, ADA)
    const { held, asked } = await hold(first, isDashboard)
    await first.reload()
    await asked
    await first.locator('#user', { hasText: 'Ada L.' }).waitFor()
    const second = await context.newPage()
    // A browser that keeps its tabs apart: the first one hears nothing of the log-in.
    await second.addInitScript(
      'globalThis.BroadcastChannel = class { postMessage() {} addEventListener() {} }',
    )
    await second.goto(system.web)
    await logOutOnPage(second)
    await second.getByRole('button', { name: 'Log out' }).click()
    await second.getByRole('link', { name: 'Log in' }).first().waitFor()
    await logInOnPage(second, system.web, MIRIAM)
    await first.locator('#user', { hasText: 'Ada L.' }).waitFor()
    await first.evaluate(`
      globalThis.seen = ''
      new MutationObserver(() => (seen += document.querySelector('main').textContent)).observe(document, { subtree: true, childList: true })
    `)
    for (const route of held) await route.fulfill({ json: LATE })
    await first.unroute(isDashboard)
    await first.locator('#user', { hasText: 'Miriam G.' }).waitFor()
    expect(await first.evaluate('seen')).not.toContain('Hello, Ada')
    expect(errors).toEqual([])
  })
})
