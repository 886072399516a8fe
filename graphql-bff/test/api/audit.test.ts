import { auditServer } from 'graphql-http'
import { expect, test } from 'vitest'
import { CSRF, testApp } from '../test-app.ts'

/** Not met on purpose: docs/decisions/0018-errors-have-their-status.md says why. */
const EXCEPTIONS = [
  '572B SHOULD use 200 status code on document parsing failure when accepting application/json',
  'FDE2 SHOULD use 200 status code on document validation failure when accepting application/json',
  '7B9B SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
]

test('every MUST and SHOULD of the audits of GraphQL over HTTP holds where ad-hoc documents are taken', async () => {
  const { app } = testApp({ allowAdhoc: true })
  const results = await auditServer({
    url: 'http://localhost/graphql',
    fetchFn: (url: string, init: RequestInit = {}) =>
      app.request(url, { ...init, headers: { ...CSRF, ...Object.fromEntries(new Headers(init.headers)) } }),
  })
  const unmet = results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)
  expect(unmet).toEqual(EXCEPTIONS)
  expect(results.length).toBeGreaterThanOrEqual(60)
})
