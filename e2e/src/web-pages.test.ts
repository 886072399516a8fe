import { gzipSync } from 'node:zlib'
import { scaled } from '@harbor/shared-testing/soak'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { browser } from './chromium.ts'
import { type System, startSystem } from './harness.ts'
import { launchChrome } from './phone.ts'
import { findings, logInOnPage, PAGES, SIZES, settled, THEMES } from './web-pages.ts'

const MINUTE = 60_000
/** Bytes of script, compressed by gzip, until the first page can be used. */
const SCRIPT_BUDGET = 200 * 1024
const MOST_LAYOUT_SHIFT = 0.05

let system: System
let chrome: Browser
const contexts: BrowserContext[] = []
beforeAll(async () => {
  if (!browser) return
  system = await startSystem()
  chrome = await launchChrome()
}, 4 * MINUTE)
afterAll(async () => {
  await chrome?.close()
  await system?.stop()
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

const SUM_OF_SHIFTS = `
  globalThis.shifted = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
`

type Look = {
  theme?: 'light' | 'dark'
  size?: { width: number; height: number }
  as?: 'customer' | 'staff' | undefined
}

/** A page, and what went wrong in it: errors in its console, requests that failed. */
async function open(path: string, { theme = 'light', size = { width: 1280, height: 860 }, as }: Look = {}) {
  const context = await chrome.newContext({ colorScheme: theme, viewport: size })
  contexts.push(context)
  context.setDefaultTimeout(MINUTE)
  const page = await context.newPage()
  if (as) {
    await logInOnPage(page, system.web, system.demo[as])
    await settled(page)
  }
  await context.addInitScript(SUM_OF_SHIFTS)
  const wrong: string[] = []
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
  page.on('pageerror', ({ message }) => wrong.push(message))
  page.on('response', (answer) => answer.status() >= 400 && wrong.push(`${answer.status()} ${answer.url()}`))
  await page.goto(`${system.web}${path}`)
  await settled(page)
  return { page, wrong }
}

describe.skipIf(!browser)('every page of the dashboard', { timeout: 4 * MINUTE }, () => {
  const everyLook = THEMES.flatMap((theme) => SIZES.map((size) => ({ theme, size, width: size.width })))
  // A soak looks at all four; here each page has the next one, so that all four are looked at.
  const looks = PAGES.flatMap((page, index) =>
    scaled(everyLook.slice(index % everyLook.length).slice(0, 1), everyLook).map((look) => ({
      ...page,
      ...look,
    })),
  )

  it.each(looks)(
    '$name, $theme, $width px: no finding, no error, nothing that jumps or sticks out',
    async ({ path, ...look }) => {
      const { page, wrong } = await open(path, look)
      expect(await findings(page)).toEqual([])
      expect(wrong).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      expect(await page.evaluate('shifted')).toBeLessThanOrEqual(MOST_LAYOUT_SHIFT)
      expect(
        await page.evaluate('[...document.images].filter((one) => one.complete && !one.naturalWidth).length'),
      ).toBe(0)
    },
  )
})

describe.skipIf(!browser)('the dashboard', { timeout: 4 * MINUTE }, () => {
  it('needs at most 200 KB of script, compressed, for its first page', async () => {
    const context = await chrome.newContext()
    contexts.push(context)
    const page = await context.newPage()
    const scripts: Promise<number>[] = []
    page.on('response', (answer) => {
      if (answer.request().resourceType() === 'script')
        scripts.push(answer.body().then((body) => gzipSync(body).length))
    })
    await page.goto(system.web)
    await settled(page)
    const bytes = (await Promise.all(scripts)).reduce((sum, one) => sum + one, 0)
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThanOrEqual(SCRIPT_BUDGET)
  })

  it('can be used by the keyboard: skip, search, open a product, look at its pictures, choose colours', async () => {
    const { page, wrong } = await open('/')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content')
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('lamp')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '“lamp”' }).waitFor()
    await settled(page)
    await page.locator('.card a').first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: 'Picture 1' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.locator('[role=tab][aria-label="Picture 2"]:focus').waitFor()
    await page.getByRole('button', { name: 'Colours' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitemradio', { name: 'Dark' }).waitFor()
    await page.keyboard.press('Escape')
    expect(wrong).toEqual([])
  })

  it('shows the product without what hangs, and says what is missing', async () => {
    await system.fault('recommendations', { hang: true })
    try {
      const { page } = await open('/products/p1003')
      await page.getByText('What we recommend is not available just now.').waitFor()
      expect(await page.locator('.product-facts .price').count()).toBe(1)
      expect(await page.getByRole('heading', { name: 'Reviews' }).count()).toBe(1)
      expect(await findings(page)).toEqual([])
    } finally {
      await system.heal()
    }
  })

  it('shows a customer their cart and orders while the customers service is down', async () => {
    await system.fault('customers', { errorRate: 1 })
    try {
      const { page } = await open('/', { as: 'customer' })
      await page.getByRole('heading', { name: 'Your cart' }).waitFor()
      await page.locator('.order-row').first().waitFor()
      expect(await page.getByRole('heading', { name: 'Hello', exact: true }).count()).toBe(1)
    } finally {
      await system.heal()
    }
  })
})
