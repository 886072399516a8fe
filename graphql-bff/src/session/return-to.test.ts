import fc from 'fast-check'
import { expect, it } from 'vitest'
import { localPath } from './return-to.ts'

const HOME = 'https://shop.example'

it.each([
  '/',
  '/orders',
  '/orders?status=open&q=%2F%2Fa',
  '/#p1001',
  '/a/b/../c#x',
  '/ä',
  '/%2F%2Fevil.example',
])('goes back to %s', (path) => expect(localPath(path)).toBe(new URL(path, HOME).href.slice(HOME.length)))

it.each([
  undefined,
  '',
  'orders',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '\t//evil.example',
  '/\n/evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  '/%2e//evil.example',
  'https://evil.example',
  'https:evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '//evil.example@shop.example',
  '/orders\r\nset-cookie: x=1',
  ` //evil.example`,
  `/${'a'.repeat(600)}`,
  `/${'a'.repeat(512)}`,
  `/?q=${'ü'.repeat(500)}`,
  `/${'ü'.repeat(86)}`,
  `/#${'😀'.repeat(43)}`,
  `/?q=${'"'.repeat(200)}`,
])('goes to the start instead of %j', (path) => expect(localPath(path)).toBe('/'))

it('never leaves the origin, whatever the input', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '//',
    '%2f',
    '%5c',
    '%2e',
    '%09',
    '\t',
    '\n',
    '\r',
    ' ',
    '@',
    ':',
    '?',
    '#',
    'evil.example',
    'https:',
    'a',
  )
  const address = fc.oneof(
    fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.webUrl(),
    fc.string(),
  )
  fc.assert(
    fc.property(address, (given) => {
      for (const path of [localPath(given), localPath(`/${given}`)]) {
        expect(path).toMatch(/^\/(?![/\\])/)
        expect(new URL(path, HOME).origin).toBe(HOME)
        expect(path).toMatch(/^[\x21-\x7e]+$/)
      }
    }),
    { numRuns: 2_000 },
  )
})
