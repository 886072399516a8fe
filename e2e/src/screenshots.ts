/**
 * Takes pictures of the dashboard's pages as they are now, from real processes: `node src/screenshots.ts`, in e2e.
 * `--all` takes every page in both themes and at both widths, into the folder that is given with `--into`.
 */
import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { startSystem } from './harness.ts'
import { launchChrome } from './phone.ts'
import { logInOnPage } from './web-pages.ts'

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    into: { type: 'string', default: '../docs/screenshots' },
  },
})

type Shot = { name: string; path: string; as?: 'customer' | 'staff'; theme: 'light' | 'dark'; width: number }

const PAGES = [
  { name: 'visitor', path: '/' },
  { name: 'home', path: '/', as: 'customer' },
  { name: 'product', path: '/products/p1001' },
  { name: 'cart', path: '/cart', as: 'customer' },
  { name: 'orders', path: '/orders', as: 'customer' },
] as const

/** The few that the docs show. */
const SHOWN: readonly Shot[] = [
  { name: 'home', path: '/', as: 'customer', theme: 'light', width: 1280 },
  { name: 'product', path: '/products/p1001', theme: 'light', width: 1280 },
  { name: 'product-phone', path: '/products/p1001', theme: 'dark', width: 390 },
]
const ALL: readonly Shot[] = PAGES.flatMap((page) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    [1280, 390].map((width) => ({ ...page, name: `${page.name}-${theme}-${width}`, theme, width })),
  ),
)

const system = await startSystem()
const chrome = await launchChrome()
try {
  await mkdir(values.into, { recursive: true })
  for (const shot of values.all ? ALL : SHOWN) await take(chrome, shot)
} finally {
  await chrome.close()
  await system.stop()
}

async function take(chrome: Browser, { name, path, as, theme, width }: Shot): Promise<void> {
  const context = await chrome.newContext({
    colorScheme: theme,
    viewport: { width, height: width > 600 ? 860 : 844 },
  })
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`${name}: ${message.text()}`)
  })
  page.on('pageerror', ({ message }) => console.error(`${name}: ${message}`))
  if (as) await logInOnPage(page, system.web, system.demo[as])
  await page.goto(`${system.web}${path}`)
  await settled(page)
  await page.screenshot({ path: `${values.into}/${name}.jpg`, type: 'jpeg', quality: 82 })
  console.log(`${values.into}/${name}.jpg`)
  await context.close()
}

/** Nothing is loading any more, neither data nor a picture in sight. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.waitForFunction("!document.querySelector('.skeleton')")
}
