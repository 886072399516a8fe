import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { OPERATIONS } from '../../test/operations.ts'
import { testApp } from '../../test/test-app.ts'
import { schema } from '../schema/index.ts'
import { loadOperations } from './operations.ts'
import { createUsage } from './usage.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const manifest = (...documents: string[]) =>
  Object.fromEntries(documents.map((document) => [sha256(document), document]))

const OLD_PAGE = 'query Page($id:ID!){product(id:$id){name}}'
const NEW_PAGE = 'query Page($id:ID!){product(id:$id){name sku}}'
const SHARED = 'query Names($ids:[ID!]!){products(ids:$ids){name}}'
const twoVersions = () =>
  loadOperations(
    schema,
    new Map([
      ['1.9.0', manifest(OLD_PAGE, SHARED)],
      ['1.10.0', manifest(NEW_PAGE, SHARED)],
    ]),
  )

test('the tabs of the previous version are answered after the next is deployed', async () => {
  const { post, app } = testApp({ operations: twoVersions() })
  for (const [document, product] of [
    [OLD_PAGE, { name: 'Product p1001' }],
    [NEW_PAGE, { name: 'Product p1001', sku: 'HB-1001' }],
  ] as const) {
    const { data } = await post({ documentId: sha256(document), variables: { id: 'p1001' } })
    expect(data).toEqual({ product })
  }
  const newest = await (await app.request('/operations.json')).json()
  expect(newest).toEqual({ Page: sha256(NEW_PAGE), Names: sha256(SHARED) })
})

test('the management port says which operations of which version are in use', async () => {
  const operations = twoVersions()
  const usage = createUsage(operations)
  const { post } = testApp({ operations, usage })
  const before = new Date().toISOString()
  await post({ documentId: sha256(OLD_PAGE), variables: { id: 'p1001' } })
  for (let n = 0; n < 2; n++) await post({ documentId: sha256(SHARED), variables: { ids: ['p1001'] } })
  await post({ documentId: 'f'.repeat(64) })
  const { versions } = await (await usage.management.request('/operations')).json()
  const lastUsedAt = versions[0].onlyInThisVersion.lastUsedAt
  expect(lastUsedAt >= before).toBe(true)
  const shared = {
    name: 'Names',
    hash: sha256(SHARED),
    versions: ['1.9.0', '1.10.0'],
    requests: 2,
    lastUsedAt: expect.any(String),
    cacheControl: expect.stringContaining('public, max-age=60'),
    upstreamCalls: expect.anything(),
  }
  const page = (document: string, version: string) => ({
    name: 'Page',
    hash: sha256(document),
    versions: [version],
    cacheControl: expect.stringContaining('public, max-age=60'),
    upstreamCalls: expect.anything(),
  })
  expect(versions).toEqual([
    {
      version: '1.9.0',
      onlyInThisVersion: { requests: 1, lastUsedAt },
      operations: [{ ...page(OLD_PAGE, '1.9.0'), requests: 1, lastUsedAt }, shared],
    },
    {
      version: '1.10.0',
      onlyInThisVersion: { requests: 0, lastUsedAt: null },
      operations: [shared, { ...page(NEW_PAGE, '1.10.0'), requests: 0, lastUsedAt: null }],
    },
  ])
})

test('what is sent does not make the report grow', async () => {
  const usage = createUsage(OPERATIONS)
  const { post } = testApp({ usage })
  for (let n = 0; n < 200; n++) await post({ documentId: sha256(String(n)) })
  const { versions } = await (await usage.management.request('/operations')).json()
  const listed = versions.flatMap(({ operations }: { operations: unknown[] }) => operations)
  expect(listed).toHaveLength(OPERATIONS.byHash.size)
})

test.for([
  ['an unknown field', ['query Q { produkt }'], /1\.0\.0, operation Q.*"produkt" on type "Query"/],
  [
    'a field of a fragment',
    ['query Q{product(id:"p1"){...F}}fragment F on Product{nam}'],
    /Q.*"nam" on type/,
  ],
  ['an unknown argument', ['query Q { product(id: "p1", color: 1) { name } }'], /Q.*"color"/],
  ['two operations', ['query A { __typename } query B { __typename }'], /one named operation/],
  ['an operation without a name', ['{ __typename }'], /one named operation/],
  ['no document', ['query Q {'], /Syntax Error/],
  ['a name that is used twice', ['query Q { __typename }', 'query Q { a: __typename }'], /Q.*twice/],
  [
    'more rows than any operation may ask for',
    [
      'query Q($ids:[ID!]!){products(ids:$ids){recommendations(first:20){product{recommendations(first:20){product{recommendations(first:20){product{name}}}}}}}}',
    ],
    /Q.*refused whatever its variables are.*rows/,
  ],
  [
    'more upstream calls than any operation may make',
    [`query Q { ${Array.from({ length: 41 }, (_, n) => `c${n}: categories { id }`).join(' ')} }`],
    /Q.*up to 41 upstream calls; at most 40/,
  ],
  ['an argument out of bounds', ['query Q { product(id: "!") { name } }'], /Q.*refused whatever/],
] as const)('a process does not start with %s', ([, documents, message]) => {
  const manifests = new Map([
    ['0.9.0', manifest(SHARED)],
    ['1.0.0', manifest(...documents)],
  ])
  expect(() => loadOperations(schema, manifests)).toThrow(message)
  expect(() => loadOperations(schema, manifests)).toThrow(/^The manifest 1\.0\.0, operation /)
})

test('a process does not start with a document that was altered after it was named', () => {
  const altered = { [sha256(OLD_PAGE)]: NEW_PAGE }
  expect(() => loadOperations(schema, new Map([['1', altered]]))).toThrow(/Page.*does not have the sha256/)
})
