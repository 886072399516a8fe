import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { securityHeaders } from './security-headers.ts'

const app = (https: boolean) =>
  new Hono()
    .use(securityHeaders({ https }))
    .get('/data', (c) => c.json({}))
    .get('/page', (c) => c.html('<p>', 200, { 'Content-Security-Policy': "default-src 'self'" }))
    .get('/304', (c) => c.body(null, 304))
    .get('/broken', () => {
      throw new Error('broken')
    })
    .onError((_, c) => c.text('error', 500))

test.for(['/data', '/broken', '/unknown'])('%s cannot run anything in a browser', async (path) => {
  const { headers } = await app(false).request(path)
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  })
  expect(headers.has('strict-transport-security')).toBe(false)
})

test('a 304 does not change the headers of the stored answer', async () => {
  const { headers } = await app(true).request('/304')
  expect([...headers.keys()]).toEqual(['strict-transport-security'])
})

test('a page keeps its own policy, and is isolated', async () => {
  const { headers } = await app(false).request('/page')
  expect(headers.get('content-security-policy')).toBe("default-src 'self'")
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(headers.get('permissions-policy')).toContain('camera=()')
})

test('HSTS is sent only if consumers use https', async () => {
  const { headers } = await app(true).request('/data')
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
})
