import { readFile } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ProductsTable } from '../../examples/web-dashboard/src/gen/operations.ts'
import { browser } from './chromium.ts'
import { type System, startSystem } from './harness.ts'
import { launchChrome } from './phone.ts'
import { findings, logInOnPage, settled } from './web-pages.ts'

const MINUTE = 60_000
const SAM = { username: 'sam.staff@harbor.example', password: 'harbor' }

let system: System
let chrome: Browser
let context: BrowserContext | undefined
beforeAll(async () => {
  if (!browser) return
  system = await startSystem()
  chrome = await launchChrome()
}, 4 * MINUTE)
afterEach(() => context?.close())
afterAll(async () => {
  await chrome?.close()
  await system?.stop()
})

/** A table as somebody of the staff sees it, and what went wrong in the page. */
async function open(path: string, as: { username: string; password: string } = system.demo.staff) {
  context = await chrome.newContext({ viewport: { width: 1280, height: 860 }, acceptDownloads: true })
  context.setDefaultTimeout(MINUTE)
  const page = await context.newPage()
  await logInOnPage(page, system.web, as)
  const wrong: string[] = []
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
  page.on('pageerror', ({ message }) => wrong.push(message))
  await page.goto(`${system.web}${path}`)
  await settled(page)
  return { page, wrong }
}

/** The rows are of the order and the filters that were asked for last. */
const arrived = (page: Page) => page.locator('.grid-frame[aria-busy=false]').waitFor()
const heads = (page: Page) => page.locator('.grid th').allInnerTexts()
const firstCells = (page: Page) => page.locator('.row-button').allInnerTexts()

describe.skipIf(!browser)('the tables of the administration', { timeout: 4 * MINUTE }, () => {
  it('are ordered, filtered and left again by the keyboard, and the address holds what is shown', async () => {
    const { page, wrong } = await open('/tables/stock')
    await page.getByRole('button', { name: 'Available' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('th[aria-sort=ascending]').waitFor()
    await page.keyboard.press('Enter')
    await page.locator('th[aria-sort=descending]').waitFor()
    await arrived(page)
    const stock = (await page.locator('.grid td:nth-child(3)').allInnerTexts()).map(Number)
    expect(stock).toEqual(stock.toSorted((a, b) => b - a))
    await page.getByLabel('Warehouse').selectOption('Tokyo')
    await page.waitForURL(/TOKYO/)
    await arrived(page)
    expect(new Set(await page.locator('.grid td:nth-child(2)').allInnerTexts())).toEqual(new Set(['Tokyo']))
    await page.reload()
    await settled(page)
    expect(await page.locator('th[aria-sort=descending]').textContent()).toContain('Available')
    expect(await page.getByRole('status').first().textContent()).toBe('50 of 2,000')
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByText('50 of 10,000').waitFor()
    expect(wrong).toEqual([])
  })

  it('hold the rows in sight alone, and load the next page where one scrolls to', async () => {
    const { page, wrong } = await open('/tables/products')
    const frame = page.locator('.grid-frame')
    for (let n = 0; n < 4; n++) {
      await frame.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
      await page.getByText(`${100 + n * 50} of 2,000`).waitFor()
    }
    await frame.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
    await page.getByRole('button', { name: 'HB-1240' }).waitFor()
    expect(await page.locator('.grid tbody tr').count()).toBeLessThan(60)
    expect(await page.locator('tr[aria-rowindex="241"]').textContent()).toContain('HB-1240')
    expect(wrong).toEqual([])
  })

  it('remember which columns were hidden, and export what is shown', async () => {
    const { page, wrong } = await open('/tables/promotions')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Campaign' }).click()
    await page.keyboard.press('Escape')
    await page.reload()
    await settled(page)
    expect(await heads(page)).not.toContain('Campaign')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export 50 as CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('promotions.csv')
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    expect(lines[0]).toBe('\uFEFFPromotion,Label,SKU,Discount,Starts,Ends')
    expect(lines).toHaveLength(51)
    expect(lines[1]).toMatch(/^promo-.*,HB-\d{4},\d+,2026-\d\d-/)
    expect(wrong).toEqual([])
  })

  it('show a row in full with its audit trail, from which the events of an order are a step away', async () => {
    const { page, wrong } = await open('/tables/orders')
    await page.locator('.row-button').first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Revision').waitFor()
    expect(await findings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.locator('.row-button').first().press('Enter')
    await page.getByRole('link', { name: 'Events of the order' }).click()
    await page.getByRole('heading', { name: 'Audit events' }).waitFor()
    await settled(page)
    expect(new Set(await page.locator('.grid td:nth-child(2)').allInnerTexts())).toEqual(new Set(['o105000']))
    expect(wrong).toEqual([])
  })

  it('have the columns of a role for that role alone, which are not asked for otherwise', async () => {
    const asked: unknown[] = []
    const { page, wrong } = await open('/tables/customers', SAM)
    page.on('request', (request) => {
      const { searchParams } = new URL(request.url())
      if (searchParams.get('documentId') === `sha256:${ProductsTable.hash}`)
        asked.push(JSON.parse(searchParams.get('variables') ?? '{}').finance)
    })
    expect(await heads(page)).not.toContain('Fraud score')
    await page.getByRole('link', { name: 'Products' }).click()
    await page.getByRole('heading', { name: 'Products' }).waitFor()
    await settled(page)
    expect(await heads(page)).not.toContain('Margin')
    expect(asked).toEqual([false])
    expect(await firstCells(page)).toContain('HB-1001')
    expect(wrong).toEqual([])
  })

  it('set stock in its place by the keyboard, keep the focus, and take it back', async () => {
    const { page, wrong } = await open('/tables/stock?filter=%7B%22sku%22%3A%22HB-1700%22%7D')
    const level = page.getByRole('button', { name: 'of HB-1700 in Paris: change' })
    const before = await level.textContent()
    await level.focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Stock of HB-1700 in Paris').waitFor()
    expect(await findings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await level.and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Enter')
    await page.getByLabel('Stock of HB-1700 in Paris').waitFor()
    await page.keyboard.type('777')
    await page.keyboard.press('Enter')
    await page.getByText(`${before} → 777`).waitFor()
    await level.and(page.locator(':focus')).waitFor()
    await page.reload()
    await settled(page)
    expect(await level.textContent()).toBe('777')
    expect(await page.locator('.grid tr', { has: level }).textContent()).toContain('staff:s4')
    await level.click()
    await page.keyboard.type('5')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: '777 of HB-1700 in Paris: change' }).waitFor()
    expect(wrong).toEqual([])
  })

  it('say that stock was not set, and show the level as it is', async () => {
    const { page } = await open('/tables/stock?filter=%7B%22sku%22%3A%22HB-1701%22%7D')
    const level = page.getByRole('button', { name: 'of HB-1701 in Paris: change' })
    const before = await level.textContent()
    await page.route('**/graphql', (route) =>
      route.fulfill({ status: 422, json: { title: 'No more', code: 'X' } }),
    )
    await level.click()
    await page.keyboard.type('12')
    await page.keyboard.press('Enter')
    await page.getByText('The stock of HB-1701 in Paris is as it was').waitFor()
    expect(await level.textContent()).toBe(before)
  })

  it('say that a table is not available while its service is down, and the others are', async () => {
    await system.fault('tax', { errorRate: 1 })
    try {
      const { page } = await open('/tables/tax')
      await page.getByText('Tax lines is not available just now.').waitFor()
      expect(await findings(page)).toEqual([])
      await page.getByRole('link', { name: 'Carts' }).click()
      await page.getByText('50 of 500').waitFor()
    } finally {
      await system.heal()
    }
  })
})
