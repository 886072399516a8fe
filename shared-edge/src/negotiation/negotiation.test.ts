import { expect, test } from 'vitest'
import { acceptedMediaTypes, preferredCoding } from './index.ts'

const OFFERED = ['application/json', 'application/cbor', 'text/html'] as const
const [JSON_TYPE, CBOR, HTML] = OFFERED

test.each<[string | undefined, readonly string[]]>([
  [undefined, OFFERED],
  ['', OFFERED],
  [' ,\t, ', OFFERED],
  ['text/html', [HTML]],
  ['TEXT/HTML', [HTML]],
  ['image/png', []],
  ['*/*;q=0', []],
  ['application/*', [JSON_TYPE, CBOR]],
  ['application/json;q=0.5, */*', [CBOR, HTML, JSON_TYPE]],
  ['*/*, application/json;q=0', [CBOR, HTML]],
  ['application/*;q=0, */*', [HTML]],
  ['application/*;q=0, application/cbor', [CBOR]],
  ['text/html;q=0.2, application/cbor;q=0.3', [CBOR, HTML]],
  ['text/html, application/json', [HTML, JSON_TYPE]],
  ['application/json;q=0.001, text/html;q=0', [JSON_TYPE]],
  ['application/json;Q=0', []],
  ['application/json\t;\tq=0.5\t,\ttext/html', [HTML, JSON_TYPE]],
  ['application/json;charset=utf-8', [JSON_TYPE]],
  ['application/json;charset="UTF-8";q=0.5, text/html', [HTML, JSON_TYPE]],
  ['application/json;version=2', [JSON_TYPE]],
  ['application/json;version=2;q=0, */*', OFFERED],
  ['application/json;version=2;q=0.1, application/json;q=0.9, text/html;q=0.5', [JSON_TYPE, HTML]],
  ['text/html;x="a,b;q=0";q=0.4, application/json;q=0.3', [HTML, JSON_TYPE]],
  ['text/html;x="a\\",b", application/json;q=0.3', [HTML, JSON_TYPE]],
  // Malformed: an invalid weight counts as absent, an invalid member is skipped.
  ['application/json;q=2, text/html;q=0.5', [JSON_TYPE, HTML]],
  ['application/json;q=0.0001', [JSON_TYPE]],
  ['application/json;q=', [JSON_TYPE]],
  ['a b, text/html', [HTML]],
  ['"text/html", application/cbor', [CBOR]],
  ['text/html;x="open, application/cbor', [HTML]],
  ['*', []],
  [`${'image/png,'.repeat(64)}application/json`, []],
])('Accept: %s allows %j', (header, allowed) => {
  expect(acceptedMediaTypes(header, OFFERED)).toEqual(allowed)
})

test('names of inherited object properties are unknown codings and types', () => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    expect(preferredCoding(name, ['br'])).toBe('identity')
    expect(acceptedMediaTypes(name, OFFERED)).toEqual([])
  }
})
