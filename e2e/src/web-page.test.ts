import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { browser } from './chromium.ts'
import { type System, startSystem } from './harness.ts'
import { launchChrome } from './phone.ts'

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

const ADA = 'ada@harbor.example'
const MIRIAM = 'miriam.gruber.1002@mail.example'

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

  async function logIn(page: Page, username: string, name: string): Promise<void> {
    await page.goto(`${system.web}/auth/login`)
    await page.getByLabel('E-mail').fill(username)
    await page.getByLabel('Password').fill('harbor')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.locator('#user', { hasText: name }).waitFor()
  }

  it.each(['%E0%A4%A', '%', '%FF', '<b>', 'x'.repeat(70), '__proto__'])(
    'says what is wrong with the address #%s, and shows the next one',
    async (hash) => {
      const page = await openTab(`/#${hash}`)
      await page.locator('#page', { hasNotText: 'Loading…' }).waitFor()
      expect(await page.locator('#page').textContent()).toMatch(/^(There is no product|An id has at most)/)
      await page.goto(`${system.web}/#p1002`)
      await page.locator('#page h1').waitFor()
      expect(errors).toEqual([])
    },
  )

  it('shows the product of the address, whichever answer comes last', async () => {
    const page = await openTab('/#p1001')
    await page.locator('#page h1').waitFor()
    const held: Route[] = []
    const asked = new Promise<void>((resolve) =>
      context.route(/p1002/, (route) => {
        held.push(route)
        resolve()
      }),
    )
    await page.goto(`${system.web}/#p1002`)
    await asked
    await page.goto(`${system.web}/#p1003`)
    await page.locator('#page h1').waitFor()
    const shown = await page.locator('#page h1').textContent()
    const late = page.waitForResponse(/p1002/)
    for (const route of held) await route.continue()
    await (await late).finished()
    await page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))',
    )
    expect(await page.locator('#page h1').textContent()).toBe(shown)
  })

  it('never shows a user what is another’s: two tabs, and a dashboard that arrives late', async () => {
    const first = await openTab()
    await logIn(first, ADA, 'Ada L.')
    const held: Route[] = []
    const isDashboard = (url: URL) => url.pathname === '/graphql' && !url.search.includes('p1001')
    const asked = new Promise<void>((resolve) =>
      first.route(isDashboard, (route) => {
        held.push(route)
        resolve()
      }),
    )
    await first.reload()
    await asked
    const second = await context.newPage()
    await second.goto(`${system.web}/`)
    await second.getByRole('button', { name: 'Log out', exact: true }).click()
    await second.getByRole('heading', { name: 'Log out?' }).waitFor()
    await second.getByRole('button', { name: 'Log out' }).click()
    await second.getByRole('link', { name: 'Log in' }).waitFor()
    await first.getByText('Your session has ended').waitFor()
    const late = first.waitForResponse((answer) => isDashboard(new URL(answer.url())))
    for (const route of held)
      await route.fulfill({
        json: {
          data: {
            viewer: {
              displayName: 'Ada',
              unreadNotifications: 0,
              cart: null,
              orders: null,
              recommendations: null,
            },
          },
        },
      })
    await (await late).finished()
    await logIn(second, MIRIAM, 'Miriam G.')
    await first.unroute(isDashboard)
    // Without a reload: the second tab has told the first.
    await first.locator('#user', { hasText: 'Miriam G.' }).waitFor()
    expect(await first.locator('body').textContent()).not.toContain('Ada')
    expect(errors).toEqual([])
  })
})
