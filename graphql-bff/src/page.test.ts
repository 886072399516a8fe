import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { testApp } from '../test/test-app.ts'
import { loadPage } from './page.ts'

test.for([
  ['/', 'text/html'],
  ['/app.js', 'text/javascript'],
  ['/style.css', 'text/css'],
] as const)('%s is served as %s, under a policy that allows no inline script', async ([path, type]) => {
  const response = await testApp({ page: loadPage() }).app.request(path)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'self';/)
})

test('the page needs nothing that its policy forbids', () => {
  const html = readFileSync(new URL('../public/index.html', import.meta.url), 'utf8')
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/)
})
