import { expect, test } from 'vitest'
import { CSRF, testApp } from '../../test/test-app.ts'

test('an operation has one context, which ends with its answer', async () => {
  const { operation, contexts } = testApp()
  await operation('ProductPage', { variables: { id: 'p1001' } })
  expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true])
})

test('a critical failure ends the calls that are still running', async () => {
  const { query, contexts } = testApp({ allowAdhoc: true })
  const { data } = await query('{ product(id: "p1001") { name } viewer { displayName } }')
  expect(data).toBeNull()
  expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true])
})

test('what is refused before it runs has no context', async () => {
  const { operation, contexts } = testApp()
  await operation('ProductPage', { variables: { id: '!' } })
  expect(contexts).toEqual([])
})

test('the traceparent of the request goes on', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const { app, contexts } = testApp({ allowAdhoc: true })
  const response = await app.request(
    `/graphql?${new URLSearchParams({ query: '{ product(id: "p1001") { id } }' })}`,
    {
      headers: { ...CSRF, traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    },
  )
  expect(response.headers.get('x-trace-id')).toBe(traceId)
  expect(contexts[0]?.trace.traceId).toBe(traceId)
})
