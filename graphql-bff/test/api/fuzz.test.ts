import { createCache } from '@harbor/shared-runtime/cache'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { anyJson, anyRequest, type FuzzedRequest, POLLUTION } from '@harbor/shared-testing/fuzz-http'
import { checkAnswers, FUZZ_RUNS, FUZZ_TIMEOUT_MS, fuzz } from '@harbor/shared-testing/fuzzing'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { CSRF, HASHES, testApp } from '../test-app.ts'
import { testPage } from '../test-page.ts'

const VARIABLES: Record<string, object> = { ProductPage: { id: 'p1001' }, ProductList: { ids: ['p1001'] } }
const ROLES = ['customer', 'staff', 'staff+finance']

const hash = fc.oneof(
  fc.constantFrom(...Object.values(HASHES)),
  fc.constantFrom(...POLLUTION, '0'.repeat(64)),
  fc.string({ unit: 'binary' }),
)
/** As text: what is nested too deep cannot be written by JSON.stringify. */
const variables = fc.oneof(
  fc.constantFrom(...Object.values(VARIABLES)).map((given) => JSON.stringify(given)),
  anyJson,
  fc
    .dictionary(fc.constantFrom('id', 'ids', 'orders', 'reviews', ...POLLUTION), fc.jsonValue())
    .map((given) => JSON.stringify(given)),
)

/** Words of the language in any order: some are documents, most nearly. */
const document = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        ...[
          '{',
          '}',
          '(',
          ')',
          '[',
          ']',
          ':',
          '!',
          '=',
          '...',
          '@include',
          '@skip',
          '@defer',
          '$id',
          '#',
          '"""',
          '"p1001"',
        ],
        ...[
          'query',
          'mutation',
          'subscription',
          'fragment',
          'on',
          'Product',
          'product',
          'products',
          'viewer',
          'name',
          'id',
        ],
        ...['__schema', '__typename', 'types', '-1e999', '0', 'null', '\u0000', 'ids', 'reviews', 'first'],
      ),
      { maxLength: 30 },
    )
    .map((tokens) => tokens.join(' ')),
  fc.constantFrom(
    '{ product(id: "p1001") { name } }',
    '{ viewer { displayName orders(first: 5) { number } } }',
    '{'.repeat(5_000),
    '{a'.repeat(5_000),
    `{ ${'a: __typename '.repeat(500)} }`,
    'fragment F on Product { ...F } { product(id: "p1001") { ...F } }',
    '{ product(id: "p1001") { nam } }',
    'query A { __typename } query B { __typename }',
  ),
)

const body = fc
  .tuple(
    hash,
    variables,
    document,
    fc.constantFrom('documentId', 'persistedQuery', 'query', 'both'),
    fc.jsonValue(),
  )
  .map(([sha256Hash, given, query, how, odd]) => {
    const rest = JSON.stringify({
      ...(how === 'documentId' && { documentId: `sha256:${sha256Hash}` }),
      ...((how === 'persistedQuery' || how === 'both') && {
        extensions: { persistedQuery: { version: 1, sha256Hash } },
      }),
      ...((how === 'query' || how === 'both') && { query }),
      ...(typeof odd === 'number' && { operationName: odd }),
    })
    return `{"variables":${given || 'null'},${rest.slice(1)}`
  })

const targets = Object.entries(HASHES).flatMap(([name, id]) => {
  const given = encodeURIComponent(JSON.stringify(VARIABLES[name] ?? {}))
  return [
    ['GET', `/graphql?documentId=${id}&variables=${given}`] as const,
    ['GET', `/graphql/public?documentId=sha256%3A${id}&variables=${given}&locale=en&format=json`] as const,
  ]
})
const requests = (cookies: readonly string[]) =>
  anyRequest({
    targets: [
      ...targets,
      ['POST', '/graphql'],
      ['POST', '/graphql'],
      ['GET', '/'],
      ['GET', '/operations.json'],
      ['GET', '/products/x'],
      ['GET', '/favicon.svg'],
    ],
    headers: [
      ...cookies.map((cookie) => ['cookie', cookie] as const),
      // Twice, or few requests would get past the guard.
      ...Array(2).fill(['x-csrf', '1'] as const),
      ['content-type', 'application/json'],
      ['accept', 'application/graphql-response+json'],
      ['accept', 'text/event-stream'],
      ['accept', 'multipart/mixed'],
      ['accept', 'text/html'],
      ['accept-language', 'de'],
    ],
    bodies: body,
  })

test.for([
  ['in production', false, FUZZ_RUNS],
  ['with ad-hoc documents', true, FUZZ_RUNS / 5],
] as const)(
  '%s, whatever is sent is answered without a server error, a stack or a changed prototype',
  { timeout: FUZZ_TIMEOUT_MS },
  async ([name, allowAdhoc, runs]) => {
    const { app, contexts, session } = testApp({
      allowAdhoc,
      page: testPage,
      cache: createCache({ name: 'test' }),
    })
    const cookies = await Promise.all(ROLES.map((role) => session.cookieOf(role)))
    const part = httpPart({ name: 'http', fetch: app.fetch, host: '127.0.0.1', port: 0, portSetting: 'PORT' })
    const address = (await part.start()) ?? ''
    onTestFinished(() => part.stop())
    const { check, statuses } = checkAnswers(() => Number(new URL(address).port))
    const checkAndForget = async (request: FuzzedRequest) => {
      await check(request)
      contexts.length = 0 // the fake upstreams remember them all
    }
    await fuzz(requests(cookies), checkAndForget, { runs })
    // A few in a thousand are a 401 or a 415, which are too few to count on here: bad-input.test.ts has them.
    const reached = [200, 400, 403, 404, 405]
    expect([...statuses.keys()]).toEqual(expect.arrayContaining(reached))
    if (process.env.SOAK === 'true') process.stdout.write(`web ${name} ${JSON.stringify([...statuses])}\n`)
    const normal = await fetch(
      `${address}/graphql?documentId=${HASHES.ProductPage}&variables={"id":"p1001"}`,
      {
        headers: CSRF,
      },
    )
    expect(await normal.json()).toMatchObject({ data: { product: { name: expect.any(String) } } })
  },
)
