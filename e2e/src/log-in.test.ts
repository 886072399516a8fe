import { submitForm } from '@harbor/shared-testing/browser'
import { freePort } from '@harbor/shared-testing/free-port'
import { findTool } from '@harbor/shared-testing/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browser, openBrowser } from './chromium.ts'
import { type Running, type System, startProcess, startSystem, upstreamAddresses } from './harness.ts'
import { startTlsProxy } from './tls-proxy.ts'
import { CSRF, logInTo, persisted, webBrowser } from './web-client.ts'
import { logOutOnPage } from './web-pages.ts'

const openssl = findTool('openssl')

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system.stop())

type Dashboard = { viewer: { displayName: string; orders: { edges: unknown[] } } }
const whoIs = async (cookie: string) =>
  (await fetch(`${system.web}/session`, { headers: { ...CSRF, cookie } })).json()

describe('a customer', () => {
  it('logs in, sees what is theirs, and no upstream sees their cookie', async () => {
    const cookie = await logInTo(system, system.demo.customer)
    const dashboard = () => persisted<Dashboard>(system, 'Dashboard', {}, `${cookie}; canary=crumb`)
    // The first calls of a process pay for connections, tokens and compilation.
    await expect.poll(() => dashboard().then(({ errors }) => errors), { timeout: 10_000 }).toBeUndefined()
    const { data } = await dashboard()
    expect(data.viewer.displayName).toMatch(/^Ada/)
    for (const service of ['customers', 'orders', 'cart', 'pricing', 'recommendations']) {
      const answer = await fetch(`${system.control}/calls/last?service=${service}`)
      const calls = (await answer.json()) as { headers: Record<string, unknown> }[]
      expect(calls.at(-1)?.headers).toMatchObject({
        authorization: { sub: 'c1001', act: { sub: 'web-bff' } },
      })
      expect(JSON.stringify(calls)).not.toMatch(/canary|crumb|dev-session|"cookie"/)
    }
  })

  it('who logs out at the identity service is logged out here: it says so by the back channel', async () => {
    const customer = webBrowser(system.web)
    const form = await customer.go(`${system.web}/auth/login`)
    await submitForm(customer, form, { username: system.demo.customer.username, password: 'harbor' })
    const cookie = customer.cookies(system.web)
    expect(await whoIs(cookie)).toMatchObject({ user: { roles: ['customer'] } })
    const asked = await customer.go(`${system.demo.services.identity}/session/end`)
    await submitForm(customer, asked, { logout: 'yes' })
    await expect.poll(() => whoIs(cookie), { timeout: 1_000, interval: 20 }).toEqual({ user: null })
  })

  it('leaves nothing of a token, a cookie or a name in the log', async () => {
    await logInTo(system, system.demo.customer)
    expect(system.webProcess.lines.join()).toContain('logged in')
    expect(system.webProcess.lines.join()).not.toMatch(/eyJ|dev-session|code=|state=|ada@|Ada L|harbor-/)
  })
})

describe.skipIf(!browser || !openssl)('in production, with https, in a real browser', () => {
  const HOST = 'shop.test'
  let identity: Running
  let web: Running
  let shop = ''
  const closing: (() => void)[] = []

  beforeAll(async () => {
    const port = await freePort()
    shop = `https://${HOST}:${port}`
    identity = await startProcess('mock-services', { WEB_BFF_URL: shop })
    const control = identity.addresses.control ?? ''
    const { services } = (await (await fetch(`${control}/demo`)).json()) as System['demo']
    web = await startProcess('graphql-bff', {
      ...upstreamAddresses(services),
      EVENTS_URL: `${control}/events`,
      PUBLIC_URL: shop,
    })
    const { close } = await startTlsProxy(openssl ?? '', port, Number(new URL(web.addresses.http ?? '').port))
    closing.push(close)
  })
  afterAll(async () => {
    for (const close of closing) close()
    await web.stop()
    await identity.stop()
  })

  const open = () =>
    openBrowser({
      args: [
        `--host-resolver-rules=MAP ${HOST} 127.0.0.1`,
        // In production the shop is on no local network, and this protects nobody.
        '--disable-features=LocalNetworkAccessChecks',
      ],
      web: shop,
    })

  it('the customer logs in by the form, stays so over a reload, and logs out', async () => {
    const { page, context, errors, close } = await open()
    try {
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await page.goto(`${shop}/products/p1002`)
      await page.getByRole('link', { name: 'Log in' }).click()
      await page.getByLabel('E-mail').fill('ada@harbor.example')
      await page.getByLabel('Password').fill('harbor')
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByText('Ada L.', { exact: true }).waitFor()
      expect(page.url()).toBe(`${shop}/products/p1002`)

      const [session, ...others] = await context.cookies(shop)
      expect(others).toEqual([])
      expect(session).toMatchObject({
        name: '__Host-Http-session',
        domain: HOST,
        path: '/',
        expires: -1,
        httpOnly: true,
        secure: true,
        sameSite: 'Strict',
      })
      expect(
        await page.evaluate('document.cookie + JSON.stringify({...localStorage, ...sessionStorage})'),
      ).toBe('{}')
      expect(await page.content()).not.toContain('eyJ')

      await page.reload()
      await page.getByText('Ada L.', { exact: true }).waitFor()
      await logOutOnPage(page)
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.getByRole('link', { name: 'Log in' }).waitFor()
      expect(await context.cookies(shop)).toEqual([])
      // The product's pictures come from elsewhere; everything else from here and from the identity service.
      const hosts = new Set(
        asked.map((url) => new URL(url).hostname).filter((host) => !host.endsWith('.example')),
      )
      expect([...hosts].toSorted()).toEqual(['127.0.0.1', HOST].toSorted())
      expect(errors).toEqual([])
    } finally {
      await close()
    }
  })

  it('a session that ends elsewhere is told to the user', async () => {
    const { page, context, errors, close } = await open()
    try {
      await page.goto(`${shop}/auth/login`)
      await page.getByLabel('E-mail').fill('ada@harbor.example')
      await page.getByLabel('Password').fill('harbor')
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByText('Ada L.', { exact: true }).waitFor()
      const other = await context.newPage()
      await other.goto(`${shop}/`)
      await logOutOnPage(other, 'Log out everywhere')
      await other.close()
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
      await page.getByText('Your session has ended').waitFor()
      expect(await page.getByText('Ada L.', { exact: true }).count()).toBe(0)
      expect(errors).toEqual([])
    } finally {
      await close()
    }
  })

  it('a page of another site can neither act for the user, nor read, nor frame', async () => {
    const { page, context, close } = await open()
    try {
      await page.goto(`${shop}/auth/login`)
      await page.getByLabel('E-mail').fill('ada@harbor.example')
      await page.getByLabel('Password').fill('harbor')
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByText('Ada L.', { exact: true }).waitFor()
      const evil = await context.newPage()
      await evil.route('https://evil.test/**', (route) =>
        route.fulfill({ body: '<h1>evil</h1>', contentType: 'text/html' }),
      )
      await evil.goto('https://evil.test/')
      const tried = await evil.evaluate(`(async () => {
        const attempt = (path, init) => fetch('${shop}' + path, { credentials: 'include', ...init }).then((answer) => answer.type + answer.status, () => 'blocked')
        return Promise.all([
          attempt('/session', {}),
          attempt('/session', { headers: { 'x-csrf': '1' } }),
          attempt('/auth/logout', { method: 'POST', mode: 'no-cors' }),
          attempt('/auth/logout', { method: 'POST', headers: { 'x-csrf': '1' } }),
          attempt('/graphql', { method: 'POST', mode: 'no-cors', body: '{}', headers: { 'content-type': 'text/plain' } }),
        ])
      })()`)
      // Refused, and by Cross-Origin-Resource-Policy not even to be seen.
      expect(tried).toEqual(Array(5).fill('blocked'))
      const answered = evil.waitForResponse(`${shop}/auth/logout`)
      await evil.evaluate(`(() => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action: '${shop}/auth/logout' })
        document.body.append(form)
        form.submit()
      })()`)
      expect((await answered).status()).toBe(403)
      await page.reload()
      await page.getByText('Ada L.', { exact: true }).waitFor()
    } finally {
      await close()
    }
  })
})
