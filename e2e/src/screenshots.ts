/**
 * Takes pictures of the dashboard's pages as they are now, from real processes: `node src/screenshots.ts`, in e2e.
 * `--all` takes every page in both themes and at both widths; `--only` takes those whose names begin so.
 */
import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { buildDashboard } from '../../scripts/build-dashboard.ts'
import { startSystem } from './harness.ts'
import { launchChrome } from './phone.ts'
import { logInOnPage, PAGES, SIZES, settled, THEMES } from './web-pages.ts'

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    into: { type: 'string', default: '../docs/screenshots' },
  },
})

const ALL = PAGES.flatMap((page) =>
  THEMES.flatMap((theme) =>
    SIZES.map((size) => ({ ...page, name: `${page.name}-${theme}-${size.width}`, theme, size })),
  ),
)
type Shot = (typeof ALL)[number]

/** The few that the docs show. */
const SHOWN = new Set([
  'home-light-1280',
  'product-light-1280',
  'search-dark-1280',
  'product-dark-390',
  'tables-stock-light-1280',
])

await buildDashboard()
const system = await startSystem()
const chrome = await launchChrome()
try {
  await mkdir(values.into, { recursive: true })
  for (const shot of ALL)
    if ((values.all || SHOWN.has(shot.name)) && shot.name.startsWith(values.only)) await take(chrome, shot)
} finally {
  await chrome.close()
  await system.stop()
}

async function take(chrome: Browser, { name, path, as, theme, size }: Shot): Promise<void> {
  const context = await chrome.newContext({ colorScheme: theme, viewport: size })
  const page = await context.newPage()
  if (as) await logInOnPage(page, system.web, system.demo[as])
  await page.goto(`${system.web}${path}`)
  await settled(page)
  await page.screenshot({ path: `${values.into}/${name}.jpg`, type: 'jpeg', quality: 80 })
  console.log(`${values.into}/${name}.jpg`)
  await context.close()
}
