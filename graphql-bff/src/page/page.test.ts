import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { holdsStaticAnswers } from '@harbor/shared-testing/static-answers'
import { describe, expect, it } from 'vitest'
import { testApp } from '../../test/test-app.ts'
import { testPage } from '../../test/test-page.ts'
import { loadPage } from './files.ts'

const { app } = testApp({ page: testPage, imagesUrl: 'https://pictures.example' })
const SCRIPT = '/assets/index-Ab_d-234.js'
const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })

const PATHS = ['/', '/products/p1001', SCRIPT, '/favicon.svg', '/operations.json']
holdsStaticAnswers('web', () => app, PATHS)

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

  it('has another ETag under another policy: a browser that gets a 304 keeps the policy that it has', async () => {
    const other = testApp({ page: testPage, imagesUrl: 'https://elsewhere.example' }).app.request('/')
    expect((await get('/')).headers.get('etag')).not.toBe((await other).headers.get('etag'))
  })
})

describe('what the document loads', () => {
  it('is stored for a year when its name has the hash of its content, and asked for again otherwise', async () => {
    expect((await get(SCRIPT)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await get('/favicon.svg')).headers.get('cache-control')).toBe('no-cache')
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
    expect(page?.document.compressed?.br).toHaveLength(2)
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
