import { expect, test } from 'vitest'
import { testApp } from '../../test/test-app.ts'

const open = () => testApp({ allowAdhoc: true })
const codeOf = async (query: string) => {
  const { calls, query: send } = open()
  const { errors, text } = await send(query)
  expect(calls).toEqual({})
  return [errors?.[0]?.extensions.code, text]
}

test('documents and introspection are answered where they are allowed', async () => {
  const { data } = await open().query('{ product(id: "p1001") { name } __schema { queryType { name } } }')
  expect(data).toMatchObject({
    product: { name: 'Product p1001' },
    __schema: { queryType: { name: 'Query' } },
  })
})

test.for([
  ['10 KB of nested fields', '{a'.repeat(5_000)],
  ['a document of more than 1,000 tokens', `{ ${'__typename '.repeat(1_001)} }`],
  [
    'too many aliases',
    `{ ${Array.from({ length: 16 }, (_, n) => `a${n}: product(id: "p1") { id }`).join(' ')} }`,
  ],
  [
    'too deep a nesting',
    `{ product(id: "p1") { ${'recommendations(first: 1) { product { '.repeat(7)} id ${'} }'.repeat(7)} } }`,
  ],
  ['too many directives', `{ product(id: "p1") { id ${'@skip(if: false) '.repeat(21)} } }`],
  [
    'more rows than an operation may ask for',
    `{ products(ids: [${Array.from({ length: 100 }, (_, n) => `"p${n}"`)}]) { recommendations(first: 20) { product { price { amount } } } } }`,
  ],
] as const)('%s: refused before it runs', async ([, query]) => {
  expect((await codeOf(query))[0]).toBe('QUERY_TOO_COMPLEX')
})

test('a cheap operation first in the document does not hide a dear one', async () => {
  const { post, calls } = open()
  const query = `query Cheap { __typename } query Dear { viewer { recommendations(first: 20) { product {
    recommendations(first: 20) { product { recommendations(first: 3) { product { name } } } } } } } }`
  const { errors } = await post({ query, operationName: 'Dear' }, 'customer')
  expect(errors?.[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX')
  expect(calls).toEqual({})
})

test('errors do not hint at the schema', async () => {
  for (const query of [
    '{ produt(id: "p1001") { name } }',
    '{ product(id: "p1001") { nam } }',
    '{ product(idd: 1) { id } }',
  ]) {
    const [code, text] = await codeOf(query)
    expect(code).toBe('INVALID_REQUEST')
    expect(text).not.toMatch(/Did you mean/)
  }
})

test('a document that cannot be parsed is a request that is not valid', async () => {
  expect((await codeOf('{ product(id: '))[0]).toBe('INVALID_REQUEST')
})

test.for(['skip', 'include'])(
  'null for the condition of @%s is a request that is not valid',
  async (directive) => {
    const { calls, query } = open()
    for (const selection of [`name @${directive}(if: $yes)`, `...F @${directive}(if: $yes)`]) {
      const fragment = selection.startsWith('...') ? 'fragment F on Product { name }' : ''
      const text = `query Q($yes: Boolean = true) { product(id: "p1001") { id ${selection} } } ${fragment}`
      const { status, errors } = await query(text, { variables: { yes: null } })
      expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'INVALID_REQUEST'])
      expect((await query(text, { variables: {} })).errors).toBeUndefined()
    }
    expect(calls).toEqual({ 'catalog.byIds': 2 })
  },
)
