/**
 * Takes pictures of the dashboard's pages as they are now, from real processes: `node src/screenshots.ts`, in e2e.
 * `--all` takes every page in both themes and at both widths; `--only` takes those whose names begin so.
 */
import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { buildDashboard } from '../../scripts/build-dashboard.ts'
import { type Running, startProcess, startSystem } from './harness.ts'
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

/** Pages of the demo's console: what is there when everything is. */
const CONSOLE = [
  { name: 'console-cuts', path: '/#/', ready: '.cut .bytes' },
  { name: 'console-room', path: '/#/room', ready: '.process table' },
]

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
  for (const shot of CONSOLE) if (shot.name.startsWith(values.only)) await takeConsole(chrome, shot)
} finally {
  await chrome.close()
  await system.stop()
}

async function takeConsole(chrome: Browser, { name, path, ready }: (typeof CONSOLE)[number]): Promise<void> {
  const page = await chrome.newPage({ viewport: { width: 1280, height: 860 } })
  const console = await startConsole()
  await fetch(`${system.control}/faults/reviews`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"errorRate":0.5}',
  })
  await page.goto(`${console.addresses.http}${path}`)
  for (let n = 0; n < 40; n++) await fetch(`${console.addresses.http}/api/cuts`)
  await page.locator(ready).first().waitFor()
  await page.screenshot({ path: `${values.into}/${name}.jpg`, type: 'jpeg', quality: 80 })
  await system.heal()
  await console.stop()
  await page.close()
}

function startConsole(): Promise<Running> {
  const managed = {
    'graphql-bff': system.webProcess,
    'rest-mobile-bff': system.mobileProcess,
    'iot-bff': system.devices,
  }
  return startProcess('examples/console', {
    WEB_BFF_URL: system.web,
    MOBILE_BFF_URL: system.mobile,
    CONTROL_URL: system.control,
    DEVICE_COAP_PORT: new URL(system.devices.addresses.coap ?? '').port,
    MANAGEMENT_URLS: Object.entries(managed)
      .map(([name, { addresses }]) => `${name}=${addresses.management}`)
      .join(),
  })
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
