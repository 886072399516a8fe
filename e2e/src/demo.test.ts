import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { random } from '@harbor/shared-testing/seed'
import { findTool } from '@harbor/shared-testing/tools'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { browser, openBrowser } from './chromium.ts'
import { findings, logOutOnPage, SIZES } from './web-pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const coapClient = findTool('coap-client', 'coap-client-notls')
const mosquittoSub = findTool('mosquitto_sub')
const run = promisify(execFile)

let offset = 0
let demo: ChildProcess
const printed: string[] = []

beforeAll(async () => {
  offset = await freeOffset()
  demo = spawn(process.execPath, ['scripts/demo.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, PORT_OFFSET: String(offset) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, to which Ctrl-C is sent as by a terminal.
    detached: true,
  })
  const { stdout, stderr } = demo
  if (!stdout || !stderr) throw new Error('the demo has no output')
  createInterface({ input: stderr }).on('line', (line) => printed.push(line))
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      printed.push(line)
      if (line === 'ready') resolve()
    })
    demo.once('exit', (code) => reject(new Error(`the demo ended with code ${code}:\n${printed.join('\n')}`)))
  })
})
afterAll(() => {
  demo.kill('SIGKILL')
})

/** A command that the demo prints to be copied, by a word in it. */
const command = (word: string): string => {
  const line = printed.find((line) => line.includes(word) && !line.includes('TOKEN='))
  if (!line) throw new Error(`the demo prints no command with "${word}":\n${printed.join('\n')}`)
  return line.trim()
}

const shell = async (script: string) => (await run('bash', ['-c', script], { timeout: 20_000 })).stdout
const tokenLine = () => printed.find((line) => line.trim().startsWith('TOKEN='))?.trim() ?? ''

describe('the demo', () => {
  it('prints commands that work when they are copied', async () => {
    expect(await shell(command('/v1/products/'))).toContain('200 OK')
    expect(await shell(`${tokenLine()}; ${command('/v1/home')}`)).toContain('200 OK')
    expect(await shell(`${tokenLine()}; ${command('/v2/checkout-summary')}`)).toContain('200 OK')
    expect(await shell(command('/graphql?'))).toContain('"product":{"id":"p1001"')
    expect(await shell(command('/s/HB-1001'))).toMatch(/ 200[\s\S]*\r\n\r\n[01]$/)
  })

  it.skipIf(!coapClient || !mosquittoSub)(
    'tells a label by CoAP and by MQTT that something is sold out',
    async () => {
      const coap = command('coap-client').replace('coap-client-notls', coapClient ?? '')
      const labels = spawn('bash', ['-c', `exec ${command('mosquitto_sub')}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const heard: string[] = []
      if (!labels.stdout) throw new Error('mosquitto_sub has no output')
      createInterface({ input: labels.stdout }).on('line', (line) => heard.push(line))
      try {
        await until(() => heard.includes('s/ber/HB-1001 1'))
        const watched = shell(coap.replace('-s 60', '-s 3'))
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        await shell(command('/stock/ber/HB-1001'))
        await until(() => heard.includes('s/ber/HB-1001 0'))
        expect((await watched).replace(/\s/g, '')).toMatch(/^10$/)
      } finally {
        labels.kill()
      }
    },
  )

  it.skipIf(!browser)(
    'shows a product on the page of the dashboard, and loads nothing from elsewhere',
    async () => {
      await withPage(async (page) => {
        await page.goto(`http://localhost:${4000 + offset}/`)
        await page.getByText('Ostra Hearth Sauté Pan').first().waitFor()
        await page.goto(`http://localhost:${4001 + offset}/docs`)
        await page.getByText('/v2/checkout-summary').first().waitFor()
      })
    },
  )

  it.skipIf(!browser)('serves the page of the mobile app', async () => {
    await withPage(async (page) => {
      await page.goto(`http://localhost:${4003 + offset}/#/products/p1001`)
      await page.getByRole('heading', { name: 'Ostra Hearth Sauté Pan' }).waitFor()
    })
  })

  it.skipIf(!browser)(
    'lets the customer that it prints log in on the page, see what is theirs, and log out',
    async () => {
      const [, username = '', password = ''] =
        /customer\s+(\S+)\s+(\S+)/.exec(printed.find((line) => line.includes('customer ')) ?? '') ?? []
      await withPage(async (page) => {
        await page.goto(`http://localhost:${4000 + offset}/products/p1002`)
        await page.getByRole('banner').getByRole('link', { name: 'Log in' }).click()
        await page.getByLabel('E-mail').fill(username)
        await page.getByLabel('Password').fill(password)
        await page.getByRole('button', { name: 'Log in' }).click()
        await page.getByText('Ada L.', { exact: true }).waitFor()
        expect(page.url()).toBe(`http://localhost:${4000 + offset}/products/p1002`)
        await page.getByRole('link', { name: 'Shop' }).click()
        await page.getByRole('heading', { name: 'Your orders' }).waitFor()
        await logOutOnPage(page)
        await page.getByRole('button', { name: 'Log out' }).click()
        await page.getByRole('banner').getByRole('link', { name: 'Log in' }).waitFor()
        expect(await page.getByText('Ada L.', { exact: true }).count()).toBe(0)
      })
    },
  )

  it.skipIf(!browser)('shows one product in three cuts, and how they follow its stock', async () => {
    await withPage(async (page) => {
      for (const size of SIZES) {
        await page.setViewportSize(size)
        await page.goto(`http://localhost:${4004 + offset}/`)
        await page.locator('.cut .bytes').nth(2).waitFor()
        expect(await findings(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
          0,
        )
      }
      const bytes = (await page.locator('.cut .bytes strong').allTextContents()).map((text) =>
        Number(text.replace(',', '')),
      )
      expect(bytes).toEqual(bytes.toSorted((a, b) => b - a))
      for (const [button, state] of [
        ['Sell it out', 'sold out'],
        ['Fill the shelves', 'in stock'],
      ] as const) {
        await page.getByRole('button', { name: button }).click()
        await page.getByText('All three have followed').waitFor()
        expect(await page.locator('.cut .state').allTextContents()).toEqual([state, state, state])
      }
    })
  })

  it.skipIf(!browser)(
    'has a control room in which a broken service is seen, and what is lost by it',
    async () => {
      const ask = () => shell(`${tokenLine()}; ${command('/v1/home')}`)
      await withPage(async (page) => {
        await page.goto(`http://localhost:${4004 + offset}/#/room`)
        await page.getByRole('heading', { name: 'Without recommendations' }).waitFor()
        await page.getByLabel('fault', { exact: true }).selectOption('answers errors')
        await page.getByRole('button', { name: 'Break it' }).click()
        await page.getByText('recommendations is broken').waitFor()
        const failures = page.getByRole('row', { name: /^recommendations / }).locator('td:nth-of-type(3)')
        await expect
          .poll(async () => {
            expect(await ask()).toContain('x-degraded: recommendations')
            return Math.max(...(await failures.allTextContents()).map(Number))
          })
          .toBeGreaterThan(0)
        expect(await page.locator('.losses').textContent()).toContain(
          'home is answered without recommendations',
        )
        expect(await findings(page)).toEqual([])
        await page.getByRole('button', { name: 'Mend' }).click()
        await page.getByText('Nothing is broken.').waitFor()
      })
    },
  )

  it('ends with Ctrl-C, says nothing more, and leaves no process behind', async () => {
    const before = printed.length
    const { stdout } = await run('pgrep', ['-P', String(demo.pid)])
    const children = stdout.trim().split('\n').map(Number)
    expect(children).toHaveLength(6)
    process.kill(-(demo.pid ?? 0), 'SIGINT')
    const [code] = await once(demo, 'close')
    expect(code).toBe(0)
    expect(printed.slice(before)).toEqual([])
    for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })
})

/** A page whose scripts may not fail. */
async function withPage(use: (page: Page) => Promise<void>): Promise<void> {
  const { page, errors, close } = await openBrowser()
  try {
    await use(page)
    expect(errors).toEqual([])
  } finally {
    await close()
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not happen within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** An offset at which every port of the demo is free; tries a hundred. */
async function freeOffset(): Promise<number> {
  const ports = [
    4000,
    4001,
    4002,
    4003,
    4004,
    9000,
    9001,
    9002,
    9003,
    9004,
    1884,
    ...Array.from({ length: 18 }, (_, index) => 4100 + index),
  ]
  for (let attempt = 0; attempt < 100; attempt++) {
    const candidate = 10_000 + Math.floor(random() * 40_000)
    if ((await Promise.all(ports.map((port) => isFree(port + candidate)))).every(Boolean)) return candidate
  }
  throw new Error('no free range of ports')
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
