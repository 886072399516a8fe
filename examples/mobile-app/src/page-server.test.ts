import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { holdsStaticAnswers } from '@harbor/shared-testing/static-answers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPage, type PageFiles } from './build-page.ts'
import { createPageServer } from './page-server.ts'

const seen: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }[] = []
const bff = createServer(({ method, url, headers }, response) => {
  seen.push({ method, url, headers })
  response.writeHead(304, { etag: '"1"', vary: 'Accept-Language' }).end()
})
let files: PageFiles
let mobileBff = ''
beforeAll(async () => {
  files = await buildPage()
  await new Promise<void>((resolve) => bff.listen(0, '127.0.0.1', resolve))
  mobileBff = `http://127.0.0.1:${(bff.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => bff.close(resolve)))

const serverTo = (address: string) =>
  createPageServer({
    files,
    mobileBff: address,
    identity: 'http://identity.test',
    images: 'http://images.test',
  })

holdsStaticAnswers('app', () => serverTo(mobileBff), [
  ...['/', '/callback', '/app.js', '/service-worker.js', '/style.css', '/icon.svg', '/icon-192.png'],
])

describe('the server of the page', () => {
  it.each([
    ['with its length', () => 'a'.repeat(16_385), {}],
    ['in chunks without one', () => new Blob(['a'.repeat(100_000)]).stream(), { duplex: 'half' }],
  ] as const)('refuses a body above 16 KB %s, and sends none of it on', async (_, body, options) => {
    const before = seen.length
    const request = new Request('http://page.test/v1/checkout', { method: 'POST', body: body(), ...options })
    const answer = await serverTo(mobileBff).request(request)
    expect([answer.status, (await answer.json()).code]).toEqual([413, 'TOO_LARGE'])
    expect(seen.length).toBe(before)
  })

  it('passes on what the app says to the BFF, and nothing else of the browser', async () => {
    const answer = await serverTo(mobileBff).request('/v1/home?a=1', {
      headers: {
        authorization: 'Bearer t',
        'if-none-match': '"1"',
        cookie: 'a=b',
        'x-forwarded-for': '1.1.1.1',
      },
    })
    expect(answer.status).toBe(304)
    expect(answer.headers.get('etag')).toBe('"1"')
    expect(answer.headers.get('vary')).toBe('Accept-Language')
    const [passedOn] = seen.splice(0)
    expect(passedOn).toMatchObject({ method: 'GET', url: '/v1/home?a=1' })
    expect(passedOn?.headers).toMatchObject({ authorization: 'Bearer t', 'if-none-match': '"1"' })
    expect(passedOn?.headers).not.toHaveProperty('cookie')
    expect(passedOn?.headers).not.toHaveProperty('x-forwarded-for')
  })

  it('says that it may be tried again when the BFF cannot be reached', async () => {
    const answer = await serverTo('http://127.0.0.1:1').request('/v1/home')
    expect(answer.status).toBe(502)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toEqual({ code: 'UNREACHABLE', retryable: true })
  })

  it('sends to identity to log in, and nowhere else', async () => {
    const answer = await serverTo(mobileBff).request('/auth?client_id=mobile-app')
    expect(answer.headers.get('location')).toBe('http://identity.test/auth?client_id=mobile-app')
    expect((await serverTo(mobileBff).request('/session')).status).toBe(404)
  })

  it('lets the page run its own scripts only, and nothing inline', async () => {
    const answer = await serverTo(mobileBff).request('/')
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/)
    expect(answer.headers.get('content-security-policy')).not.toContain('unsafe')
    expect(await answer.text()).not.toMatch(/<script>|<style| style=| on\w+=/)
  })

  it('has every file that the service worker keeps, and every icon of the manifest', async () => {
    const text = async (path: string) => (await serverTo(mobileBff).request(path)).text()
    const shell = /SHELL = (\[.*\])/.exec(await text('/service-worker.js'))?.[1] ?? ''
    const { icons } = JSON.parse(await text('/manifest.webmanifest')) as { icons: { src: string }[] }
    const paths = [...shell.matchAll(/'([^']+)'/g)].map(([, path = '']) => path)
    expect(paths).toContain('/app.js')
    for (const path of [...paths, ...icons.map(({ src }) => src)])
      expect((await serverTo(mobileBff).request(path)).status, path).toBe(200)
  })
})
