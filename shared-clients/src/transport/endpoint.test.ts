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
