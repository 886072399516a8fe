import { UpstreamError } from '@harbor/shared-runtime/errors'
import { expect, test } from 'vitest'
import { fakeUpstreams } from '../../test/fake-upstreams.ts'
import { CSRF, testApp } from '../../test/test-app.ts'

const PRODUCT = `{ product(id: "p1001") { name ...on Product @defer(label: "later") { recommendations(first: 1) { id } reviews(first: 1) { average } } } }`
const MULTIPART = 'multipart/mixed, application/json;q=0.5'

type Options = { query?: string; accept?: string; failing?: Record<string, unknown>; hanging?: boolean }

/** Asks a document; the parts of the answer, or the one that there is, each with when it came. */
async function ask({ query = PRODUCT, accept = MULTIPART, failing = {}, hanging = false }: Options = {}) {
  const recommended = Promise.withResolvers<never>()
  recommended.promise.catch(() => {}) // it may fail before it is asked for
  const upstreams = fakeUpstreams({
    failing,
    ...(hanging && { answering: { recommendations: { forProducts: () => recommended.promise } } }),
  })
  const consumer = new AbortController()
  const { app, calls, contexts } = testApp({ allowAdhoc: true, upstreams, budgetMs: 10_000 })
  const answer = await app.request('/graphql', {
    method: 'POST',
    headers: { ...CSRF, accept, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: consumer.signal,
  })
  return { answer, calls, contexts, fail: recommended.reject, leave: () => consumer.abort() }
}

const jsonIn = (text: string): object[] =>
  text
    .split('\r\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

test('a deferred part comes after the rest, which does not wait for it', async () => {
  const { answer, contexts, fail } = await ask({ hanging: true })
  expect(answer.headers.get('content-type')).toBe('multipart/mixed; boundary="-"')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('hasNext')) text += (await reader?.read())?.value
  expect(jsonIn(text)).toEqual([{ data: { product: { name: 'Product p1001' } }, hasNext: true }])
  // The calls of what comes later are not cancelled.
  expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false])
  fail(new UpstreamError('recommendations', 'unavailable', 'secret words'))
  for (let done = false; !done; ) {
    const read = await reader?.read()
    text += read?.value ?? ''
    done = read?.done ?? true
  }
  const [, ...later] = jsonIn(text)
  expect(text).not.toContain('secret words')
  expect(later.flatMap((part) => ('incremental' in part ? part.incremental : []))).toEqual([
    {
      label: 'later',
      path: ['product'],
      data: { recommendations: null, reviews: { average: 4.5 } },
      errors: [
        {
          message: expect.any(String),
          path: ['product', 'recommendations'],
          extensions: { code: 'UPSTREAM_UNAVAILABLE', traceId: expect.any(String), retryable: true },
        },
      ],
    },
  ])
  expect(later.at(-1)).toMatchObject({
    hasNext: false,
    extensions: { degraded: ['product.recommendations'] },
  })
})

test('what comes later makes its calls, and the context ends with the last part', async () => {
  const { answer, calls, contexts } = await ask()
  const parts = jsonIn(await answer.text())
  expect(JSON.stringify(parts)).toContain('"recommendations":[{"id":')
  expect(calls).toEqual({
    'catalog.byIds': 1,
    'recommendations.forProducts': 1,
    'reviews.ofProducts': 1,
  })
  expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true])
})

test.for([
  'application/json',
  'application/graphql-response+json, multipart/mixed;q=0.5',
  '*/*',
  'text/event-stream',
])('for who takes "%s", nothing is deferred', async (accept) => {
  const { answer } = await ask({
    accept,
    failing: { recommendations: new UpstreamError('recommendations', 'unavailable', '') },
  })
  const text = await answer.text()
  expect(text).not.toContain('hasNext')
  expect(text).toContain('"reviews":{"average":4.5}')
  expect(text).toContain('"degraded":["product.recommendations"]')
})

test('a consumer that leaves ends the calls of the parts that it will not get', async () => {
  const { answer, contexts, leave } = await ask({ hanging: true })
  const reader = answer.body?.getReader()
  for (let text = ''; !text.includes('hasNext'); )
    text += new TextDecoder().decode((await reader?.read())?.value)
  expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false])
  leave()
  await expect.poll(() => contexts.map(({ signal }) => signal.aborted)).toEqual([true])
})

test('a deferred part is no way around the limit of the cost', async () => {
  const query = `{ products(ids: [${Array.from({ length: 100 }, (_, n) => `"p${1_000 + n}"`)}]) { ...on Product @defer { recommendations(first: 20) { product { recommendations(first: 20) { id } } } } } }`
  const { answer, calls } = await ask({ query })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('QUERY_TOO_COMPLEX')
  expect(calls).toEqual({})
})
