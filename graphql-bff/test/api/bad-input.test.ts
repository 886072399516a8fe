import { expect, test } from 'vitest'
import { CSRF, HASHES, testApp } from '../test-app.ts'

const json = { 'content-type': 'application/json' }
const page = (variables: unknown, more: object = {}) =>
  JSON.stringify({ documentId: HASHES.ProductPage, variables, ...more })
const get = (parameters: Record<string, string>) => ({ search: `?${new URLSearchParams(parameters)}` })
const DEEP = 30_000

/** What is sent, and the status and code of the answer; no case may reach an upstream. */
const CASES: Record<string, [RequestInit & { search?: string }, number, string]> = {
  'an ad-hoc document': [{ body: '{"query":"{ __typename }"}' }, 400, 'PERSISTED_QUERY_REQUIRED'],
  introspection: [{ body: '{"query":"{ __schema { types { name } } }"}' }, 400, 'PERSISTED_QUERY_REQUIRED'],
  'an ad-hoc document in a GET': [get({ query: '{ __typename }' }), 400, 'PERSISTED_QUERY_REQUIRED'],
  'an ad-hoc document with a hash': [
    { body: page({ id: 'p1001' }, { query: '{ __typename }' }) },
    400,
    'PERSISTED_QUERY_REQUIRED',
  ],
  '10 KB of nested fields': [
    { body: JSON.stringify({ query: '{a'.repeat(5_000) }) },
    400,
    'PERSISTED_QUERY_REQUIRED',
  ],
  nothing: [{ body: '{}' }, 400, 'PERSISTED_QUERY_REQUIRED'],
  'an unknown hash': [{ body: `{"documentId":"${'0'.repeat(64)}"}` }, 404, 'PERSISTED_QUERY_NOT_FOUND'],
  'a hash that objects have by nature': [
    { body: '{"documentId":"__proto__"}' },
    404,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  'an unknown hash in a GET': [get({ documentId: 'sha256:none' }), 404, 'PERSISTED_QUERY_NOT_FOUND'],
  'an unknown operation name': [
    { body: page({ id: 'p1001' }, { operationName: 'Other' }) },
    400,
    'INVALID_REQUEST',
  ],
  'no id': [{ body: page({}) }, 400, 'INVALID_REQUEST'],
  'an id of another type': [{ body: page({ id: { $ne: 1 } }) }, 400, 'INVALID_REQUEST'],
  'an id that is a list of ids': [{ body: page({ id: 'p1001,p1002' }) }, 400, 'INVALID_REQUEST'],
  'an id that is a path': [{ body: page({ id: '../orders' }) }, 400, 'INVALID_REQUEST'],
  'an id of a thousand letters': [{ body: page({ id: 'p'.repeat(1_000) }) }, 400, 'INVALID_REQUEST'],
  'too many reviews': [{ body: page({ id: 'p1001', reviews: 21 }) }, 400, 'INVALID_REQUEST'],
  'fewer than no reviews': [{ body: page({ id: 'p1001', reviews: -1 }) }, 400, 'INVALID_REQUEST'],
  'a hundred and one ids': [
    {
      body: JSON.stringify({ documentId: HASHES.ProductList, variables: { ids: Array(101).fill('p1001') } }),
    },
    400,
    'INVALID_REQUEST',
  ],
  'more rows than an operation may ask for': [
    {
      body: JSON.stringify({
        documentId: HASHES.Dashboard,
        variables: { orders: 51 },
      }),
    },
    400,
    'INVALID_REQUEST',
  ],
  'variables that are a list': [{ body: page([1]) }, 400, 'INVALID_REQUEST'],
  'variables as deep as the body allows': [
    {
      body: `{"documentId":"${HASHES.ProductPage}","variables":{"id":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}}`,
    },
    400,
    'INVALID_REQUEST',
  ],
  'a body above 64 KiB': [{ body: page({ id: 'p'.repeat(70_000) }) }, 413, 'TOO_LARGE'],
  'a body that is not JSON': [{ body: '{"documentId"' }, 400, 'INVALID_REQUEST'],
  'a body that is null': [{ body: 'null' }, 400, 'INVALID_REQUEST'],
  'a batch': [{ body: `[${page({ id: 'p1001' })}]` }, 400, 'INVALID_REQUEST'],
  'variables in a GET that are not JSON': [
    get({ documentId: `${HASHES.ProductPage}`, variables: '{"id":' }),
    400,
    'INVALID_REQUEST',
  ],
  'a compressed body': [
    { headers: { ...json, 'content-encoding': 'gzip' }, body: page({ id: 'p1001' }) },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  'nobody, where a user is needed': [
    { body: JSON.stringify({ documentId: HASHES.Dashboard }) },
    401,
    'UNAUTHENTICATED',
  ],
}

test.for(Object.entries(CASES))(
  '%s is refused without an upstream call',
  async ([, [init, status, code]]) => {
    const { send, calls } = testApp()
    const request = init.body === undefined ? init : { method: 'POST', headers: json, ...init }
    const { response, text, data, errors } = await send(request)
    expect([response.status, errors?.map(({ extensions }) => extensions.code)]).toEqual([status, [code]])
    expect(errors?.[0]?.extensions.traceId).toBe(response.headers.get('x-trace-id'))
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(data ?? null).toBeNull()
    expect(text).not.toMatch(/Did you mean|node_modules|at .*:\d+|stack|\[Array\]/)
    expect(calls).toEqual({})
  },
)

test('a form is refused before it comes to GraphQL', async () => {
  const { app, calls } = testApp()
  const headers = { ...CSRF, 'content-type': 'application/x-www-form-urlencoded' }
  const body = `documentId=${HASHES.ProductPage}`
  const answer = await app.request('/graphql', { method: 'POST', headers, body })
  expect([answer.status, (await answer.json()).code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  expect(calls).toEqual({})
})

test('a body without a length is cut off at 64 KiB, too', async () => {
  const { send, calls } = testApp()
  const body = new Blob([page({ id: 'p'.repeat(70_000) })]).stream()
  const { status, errors } = await send({ method: 'POST', headers: json, body, duplex: 'half' })
  expect([status, errors?.[0]?.extensions.code]).toEqual([413, 'TOO_LARGE'])
  expect(calls).toEqual({})
})

test.for([
  [400, 'INVALID_REQUEST', `?${'a=b&'.repeat(50)}documentId=${HASHES.ProductPage}`],
  [414, 'URL_TOO_LONG', `?documentId=${HASHES.ProductPage}&variables=${'x'.repeat(9_000)}`],
] as const)('an address is refused with %d %s before it is taken apart', async ([status, code, search]) => {
  const { app, calls } = testApp()
  const response = await app.request(`/graphql${search}`)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ code, traceId: response.headers.get('x-trace-id') })
  expect(calls).toEqual({})
})

test('another path is a problem of the same kind', async () => {
  const response = await testApp().app.request('/admin')
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({
    code: 'NOT_FOUND',
    traceId: response.headers.get('x-trace-id'),
  })
})

test('a form is refused before GraphQL is reached', async () => {
  const { app, calls } = testApp()
  const answer = await app.request('/graphql', {
    method: 'POST',
    headers: { ...CSRF, 'content-type': 'application/x-www-form-urlencoded' },
    body: `documentId=${HASHES.ProductPage}`,
  })
  expect([answer.status, (await answer.json()).code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  expect(calls).toEqual({})
})
