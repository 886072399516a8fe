import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testApp } from '../../test/test-app.ts'
import { testPage } from '../../test/test-page.ts'
import { loadPage } from './files.ts'

const { app } = testApp({ page: testPage, imagesUrl: 'https://pictures.example' })
const SCRIPT = '/assets/index-Ab_d-234.js'
const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })

describe('the document of the page', () => {
  it.each(['/', '/products/p1001', '/products/%E0%A4%A', '/products/<b>'])('answers %s', async (path) => {
    const answer = await get(path)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('<title>shop</title>')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
  })

  it.each(['/products', '/products/', '/products/p1001/x', '/elsewhere', '/index.html', '/products//'])(
    'does not answer %s, which is no address of the page',
    async (path) => expect((await get(path)).status).toBe(404),
  )

  it('allows scripts and styles of its own only, none inline, and pictures of the image service only', async () => {
    const policy = (await get('/')).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("style-src 'self';")
    expect(policy).toContain("img-src 'self' https://pictures.example;")
    expect(policy).not.toMatch(/unsafe|data:|\*/)
  })

  it('is a 304 for the browser that has it', async () => {
    const etag = (await get('/')).headers.get('etag') ?? ''
    expect((await get('/', { 'if-none-match': etag })).status).toBe(304)
    expect((await get('/products/p1', { 'if-none-match': '"other"' })).status).toBe(200)
  })
})

describe('what the document loads', () => {
  it('is kept for a year when its name has the hash of its content, and asked for again otherwise', async () => {
    expect((await get(SCRIPT)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await get('/favicon.svg')).headers.get('cache-control')).toBe('no-cache')
  })

  it.each([
    ['br', 'br', 'as brotli'],
    ['gzip, br;q=0.5', 'br', 'as brotli'],
    ['gzip', null, 'console.log(1)'],
    ['br;q=0', null, 'console.log(1)'],
  ])('with Accept-Encoding %s has the coding %s', async (accepted, coding, text) => {
    const answer = await get(SCRIPT, { 'accept-encoding': accepted })
    expect(answer.headers.get('content-encoding')).toBe(coding)
    expect(answer.headers.get('vary')).toBe('accept-encoding')
    expect(await answer.text()).toBe(text)
  })

  it('has a tag of its own for each coding', async () => {
    const tags = await Promise.all(['br', 'identity'].map((one) => get(SCRIPT, { 'accept-encoding': one })))
    expect(new Set(tags.map(({ headers }) => headers.get('etag'))).size).toBe(2)
  })
})

describe('the folder of the build', () => {
  it('is read once, and without one there is no page', () => {
    const folder = mkdtempSync(join(tmpdir(), 'page-'))
    expect(loadPage(folder)).toBeUndefined()
    writeFileSync(join(folder, 'index.html'), '<title>x</title>')
    writeFileSync(join(folder, 'index.html.br'), 'br')
    writeFileSync(join(folder, 'addresses.json'), '["/", "/products/:id"]')
    const page = loadPage(folder)
    expect(page?.addresses).toEqual(['/', '/products/:id'])
    expect(page?.document.br).toHaveLength(2)
    expect(page?.assets.size).toBe(0)
  })

  it.each(['["/graphql*"]', '["//x"]', '["products"]', '{}'])(
    'is refused with the addresses %s',
    (addresses) => {
      const folder = mkdtempSync(join(tmpdir(), 'page-'))
      writeFileSync(join(folder, 'index.html'), '')
      writeFileSync(join(folder, 'addresses.json'), addresses)
      expect(() => loadPage(folder)).toThrow()
    },
  )
})
