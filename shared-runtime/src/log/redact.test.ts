import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PRIVATE_FIELDS } from './private-fields.ts'
import { redact, redactJson } from './redact.ts'

test.each([
  ['Bearer abc.def', 'Bearer …'],
  ['authorization: DPoP abc.def and more', 'authorization: … and more'],
  ['authorization=Basic YTpi;', 'authorization=…;'],
  ['refused: Basic YTpi', 'refused: Basic …'],
  ['eyJhbGciOiJub25lIn0.eyJzdWIiOiJjMSJ9.c2ln is no token', '… is no token'],
  ['next=eyJhbGciOiJub25lIn0.x.y', 'next=…'],
  ['ada.lovelace+x@mail.harbor.example wrote', '… wrote'],
  ['line\nada@harbor.example', 'line\n…'],
  ['a\\ada@harbor.example', 'a\\…'],
  ['a\\nada@harbor.example', 'a\\…'],
  ['/v1/x?email=a%40b.example&limit=3', '/v1/x?email=…&limit=3'],
  ['/v1/x?user=a%40b.example', '/v1/x?user=…'],
  ['redis://user:secret@127.0.0.1:6379/0', 'redis://…@127.0.0.1:6379/0'],
  ['GET /login?password=hunter2&next=/', 'GET /login?password=…&next=/'],
  ['to https://x.example/?next=/&token=abc', 'to https://x.example/?next=/&token=…'],
  ['__Host-Http-session=abc; theme=dark', '__Host-Http-session=…; theme=dark'],
  ['__Secure-sid=abc', '__Secure-sid=…'],
  ['got {"password":"a b \'c","limit":3}', 'got {"password":…","limit":3}'],
  ["got { accessToken: 'a b', limit: 3 }", "got { accessToken: …', limit: 3 }"],
  ['got { "fraudScore": 98, x: 1 }', 'got { "fraudScore": …, x: 1 }'],
  [JSON.stringify(JSON.stringify({ secret: 'hunter2' })), String.raw`"{\"secret\":…\"}"`],
])('%s becomes %s', (text, redacted) => {
  expect(redact(text)).toBe(redacted)
})

test.each([
  'catalog: GET /products/{id} failed: connect ECONNREFUSED 127.0.0.1:4101',
  'no token for orders: status 400',
  'limit (query): given "999". Allowed: an integer from 1 to 50',
  'Unrecognized key: "colour"',
  '    at file:///app/node_modules/.pnpm/@hono+node-server@1.2.3_hono@4.6.1/node_modules/x.js:3:4',
])('%s stays as it is', (text) => {
  expect(redact(text)).toBe(text)
})

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    'Bearer ',
    '=',
    ':',
    '": "',
    "'",
    '\\',
    '\\"',
    '@',
    '//',
    'eyJ',
    '%40',
    'a.example',
    '{',
    '}',
    '\n',
  ),
  fc.constantFrom(...Object.values(PRIVATE_FIELDS).flat()),
)
const anyText = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))

test(
  'property: a redacted line is still JSON with the same fields',
  () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const line = JSON.stringify({ one, between: 1, other, list: [one, { deep: other }] })
        const parsed = JSON.parse(redactJson(line))
        expect(Object.keys(parsed)).toEqual(['one', 'between', 'other', 'list'])
        expect(parsed.between).toBe(1)
        expect(redact(one)).toBeTypeOf('string')
      }),
      { numRuns: scaled(1_000, 100_000) },
    )
  },
  scaled(20_000, 300_000),
)

test('redaction takes linear time on adversarial text', () => {
  for (const part of [
    'a',
    '\\',
    '=',
    '//',
    'eyJ',
    '.',
    '@',
    'Bearer ',
    'token=',
    '"',
    "'",
    'token: ',
    'a.',
    '%20',
  ]) {
    const start = performance.now()
    redact(part.repeat(100_000 / part.length))
    expect([part, performance.now() - start < 1_500]).toEqual([part, true])
  }
})
