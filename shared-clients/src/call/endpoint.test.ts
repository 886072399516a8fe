import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { target } from './endpoint.ts'

test('parameters are encoded, and queries without a value left out', () => {
  expect(target('cart', '/carts/{id}/lines/{sku}', { path: { id: 'k1', sku: 'a/b?c' } })).toBe(
    '/carts/k1/lines/a%2Fb%3Fc',
  )
  expect(target('orders', '/orders', { query: { status: undefined, limit: 3, open: false, q: 'ä &' } })).toBe(
    '/orders?limit=3&open=false&q=%C3%A4+%26',
  )
  expect(target('orders', '/orders', { query: { status: undefined } })).toBe('/orders')
})

test.each(['', '.', '..', '\ud800'])('the parameter %j, which would be another path, is refused', (id) => {
  expect(() => target('catalog', '/products/{id}', { path: { id } })).toThrow(
    expect.objectContaining({ name: 'UpstreamError', code: 'rejected', upstream: 'catalog' }),
  )
})

test('a parameter that the caller forgot is a bug of the caller', () => {
  expect(() => target('catalog', '/products/{id}', {})).toThrow(TypeError)
})

// What paths, queries and encodings trip over, more often than fast-check's own strings have it.
const text = fc.string({ unit: fc.constantFrom(...'a1/\\?#%&=+;:@. \n\0é日💥', '%2e', '..', '\u202e') })

/** Each would be another path, another host or another request where it is joined to an address as it is. */
const hostile = fc.constantFrom(
  'http://evil.test/',
  'https:evil.test',
  '//evil.test/x',
  '\\\\evil.test\\x',
  '@evil.test',
  'a@evil.test:80',
  '../../token',
  '..%2f..%2ftoken',
  '%2e%2e',
  '/..;/token',
  '?admin=true',
  '#',
  'x?a=b#c',
  'x HTTP/1.1\r\nHost: evil.test\r\n\r\nGET /token',
  '\r\n',
  '\n',
  '\0',
  '\t',
  '；／．．',
)

test('property: no id or query changes host, path or request', () => {
  const value = fc.oneof(
    hostile,
    fc.tuple(text, hostile, text).map((parts) => parts.join('')),
    fc.tuple(hostile, hostile).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(value, value, value, (id, sku, q) => {
      const made = target('cart', '/carts/{id}/lines/{sku}', { path: { id, sku }, query: { q } })
      expect(made).toMatch(/^\/carts\/[^/?#\s\\@]+\/lines\/[^/?#\s\\@]+\?q=[^?#\s\\]*$/)
      for (const base of ['http://upstream.test', 'https://upstream.test:8443']) {
        const url = new URL(made, base)
        expect([url.origin, url.username, url.hash]).toEqual([base, '', ''])
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'carts', id, 'lines', sku])
        expect([...url.searchParams]).toEqual([['q', q]])
      }
    }),
    { numRuns: scaled(500, 50_000) },
  )
})

test('property: no parameter leaves its segment, and the upstream reads back what was given', () => {
  fc.assert(
    fc.property(text, text, (id, q) => {
      fc.pre(!['', '.', '..'].includes(id))
      const url = new URL(
        target('catalog', '/products/{id}/reviews', { path: { id }, query: { q } }),
        'http://a',
      )
      const [, products, segment = '', reviews, ...rest] = url.pathname.split('/')
      expect([products, decodeURIComponent(segment), reviews, rest]).toEqual(['products', id, 'reviews', []])
      expect([...url.searchParams]).toEqual([['q', q]])
    }),
    { numRuns: 500 },
  )
})
