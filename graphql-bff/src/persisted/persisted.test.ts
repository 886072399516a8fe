import { expect, test } from 'vitest'
import { HASHES, testApp } from '../../test/test-app.ts'

const hash = HASHES.ProductPage ?? ''
const variables = { id: 'p1001' }
const persistedQuery = { version: 1, sha256Hash: hash }

test.for([
  ['extensions in a POST', { extensions: { persistedQuery }, variables }],
  ['a document id in a POST', { documentId: `sha256:${hash}`, variables }],
  ['a bare hash in a POST', { documentId: hash, variables }],
] as const)('an operation is called by its hash: %s', async ([, body]) => {
  const { data } = await testApp().post(body)
  expect(data?.product).toMatchObject({ id: 'p1001' })
})

test.for([
  ['extensions', { extensions: JSON.stringify({ persistedQuery }) }],
  ['a document id', { documentId: `sha256:${hash}` }],
] as const)('an operation is called by its hash: %s in a GET', async ([, parameters]) => {
  const search = `?${new URLSearchParams({ ...parameters, variables: JSON.stringify(variables) })}`
  const { data } = await testApp().send({ search })
  expect(data?.product).toMatchObject({ id: 'p1001' })
})

test('the dashboard learns the hashes by name', async () => {
  const response = await testApp().app.request('/operations.json')
  expect(await response.json()).toEqual(HASHES)
})
