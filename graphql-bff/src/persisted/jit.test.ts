import { createHash } from 'node:crypto'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { random } from '@harbor/shared-testing/seed'
import { scaled } from '@harbor/shared-testing/soak'
import { buildSchema, getOperationAST, isEnumType, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { anyQuery } from '../../test/any-operation.ts'
import { fakeUpstreams } from '../../test/fake-upstreams.ts'
import { OPERATIONS } from '../../test/operations.ts'
import { testApp } from '../../test/test-app.ts'
import { schema } from '../schema/index.ts'
import { compiled } from './jit.ts'
import { loadOperations, type PersistedOperations } from './operations.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const operationsOf = (...texts: string[]) =>
  loadOperations(schema, new Map([['1', Object.fromEntries(texts.map((text) => [sha256(text), text]))]]))

const plain = (operations: PersistedOperations): PersistedOperations => ({
  ...operations,
  byHash: new Map([...operations.byHash].map(([hash, one]) => [hash, { ...one, compiled: undefined }])),
})

/** `undefined`: all work. */
const FAILING = [
  undefined,
  'first rows',
  ...['catalog', 'pricing', 'inventory', 'reviews', 'recommendations', 'customers', 'cart', 'orders'],
]
const ROLES = [undefined, 'customer', 'staff', 'customer+staff+finance+risk']

type Situation = { as?: string | undefined; failing?: string | undefined; variables: unknown }

/**
 * What operations are answered with, but for the trace and the order of errors. Which calls were already made when a
 * critical part failed is a matter of chance.
 */
function answering(operations: PersistedOperations) {
  const apps = new Map(
    FAILING.map((failing) => {
      const error = new UpstreamError(failing ?? '', 'unavailable', 'secret words')
      const upstreams =
        failing === 'first rows'
          ? fakeUpstreams({ brokenRows: true })
          : fakeUpstreams({ failing: failing ? { [failing]: error } : {} })
      // No deadline: on a busy machine one of the two answers would be late.
      return [failing, testApp({ operations, upstreams, budgetMs: 600_000 })]
    }),
  )
  return async (hash: string, { as, failing, variables }: Situation) => {
    const app = apps.get(failing)
    if (!app) throw new RangeError(`no app without ${failing}`)
    for (const name of Object.keys(app.calls)) delete app.calls[name]
    const { status, data, errors = [], extensions } = await app.post({ documentId: hash, variables }, as)
    const failures = errors.map(({ message, path, extensions: { code, retryable } }) =>
      JSON.stringify({ message, path, code, retryable }),
    )
    const degraded = extensions?.degraded.toSorted()
    return { status, data, failures: failures.toSorted(), degraded, ...(data && { calls: { ...app.calls } }) }
  }
}

/** Asks both ways, and fails when the answers differ. */
function parity(operations: PersistedOperations) {
  const byCode = answering(operations)
  const byPlainExecution = answering(plain(operations))
  return async (hash: string, situation: Situation) => {
    const answer = await byCode(hash, situation)
    expect(answer).toEqual(await byPlainExecution(hash, situation))
    return answer
  }
}

test('compiled persisted operations answer what plain execution answers, whatever fails and whoever asks', {
  timeout: 120_000,
}, async () => {
  const expectParity = parity(OPERATIONS)
  const answered = [...OPERATIONS.byHash.values()].filter(
    ({ document }) => getOperationAST(document)?.operation !== 'subscription',
  )
  for (const { hash } of answered)
    for (const as of ROLES)
      for (const variables of [
        { id: 'p1001', ids: ['p1001', 'p1002'] },
        {},
        { id: null, ids: 'p', first: 'x' },
      ])
        for (const failing of FAILING) await expectParity(hash, { as, variables, failing })
})

test('compiled generated operations answer what plain execution answers', {
  timeout: 600_000,
}, async () => {
  const asked = Array.from({ length: scaled(150, 2_000) }, (_, n) => anyQuery(`Q${n}`)).filter(affordable)
  const operations = operationsOf(...asked.map(({ text }) => text))
  const expectParity = parity(operations)
  let whole = 0
  for (const [n, { text, variables }] of asked.entries()) {
    const failing = n % 3 === 0 ? oneOf(FAILING) : undefined
    const { status } = await expectParity(sha256(text), { as: ROLES[n % ROLES.length], variables, failing })
    if (status === 200) whole++
  }
  const compiledOnes = [...operations.byHash.values()].filter((one) => one.compiled)
  expect(compiledOnes.length).toBeGreaterThan(asked.length / 10)
  expect(whole).toBeGreaterThan(asked.length / 4)
})

/** Whether a process would start with it. */
function affordable({ text }: { text: string }): boolean {
  expect(validate(schema, parse(text))).toEqual([])
  try {
    return operationsOf(text).byHash.size === 1
  } catch (error) {
    expect(String(error)).toMatch(/refused whatever its variables are|at most 40 are allowed/)
    return false
  }
}

function oneOf<T>(values: readonly T[]): T | undefined {
  return values[Math.floor(random() * values.length)]
}

test('an enum is coerced to the name that it was given by, so that it can be coerced twice', () => {
  const others = Object.values(schema.getTypeMap())
    .filter(isEnumType)
    .flatMap((type) => (type.name.startsWith('__') ? [] : type.getValues()))
    .filter(({ name, value }) => name !== value)
  expect(others.map(({ name }) => name)).toEqual([])
})

test.for([
  [
    'variables that are absent, null, of another type',
    'query Q($id:ID!="p1001" $n:Int!=2){product(id:$id){name reviews(first:$n){latest{title}}}}',
    [
      {},
      { id: null },
      { id: ['p1001'] },
      { n: '2' },
      { n: 1.5 },
      { id: 'p1002', n: 1 },
      { yes: null },
      { extra: 1 },
    ],
  ],
  [
    'inputs whose fields have defaults',
    'query Q($sort:ProductRowSortInput){administration{products(first:1 sort:$sort){totalCount}}}',
    [
      {},
      { sort: null },
      { sort: { by: 'BRAND' } },
      { sort: { by: 'BRAND', descending: true } },
      { sort: {} },
      { sort: { by: 'X' } },
    ],
  ],
] as const)('compiled code takes %s as plain execution does', async ([, text, given]) => {
  const operations = operationsOf(text)
  expect(operations.byHash.get(sha256(text))?.compiled).toBeDefined()
  const expectParity = parity(operations)
  for (const variables of given) await expectParity(sha256(text), { as: 'staff', variables })
})

test.for([
  ['a mutation', 'mutation M { __typename }'],
  [
    'a nullable variable in a directive',
    'query Q($yes:Boolean=true){product(id:"p1"){name @include(if:$yes)}}',
  ],
  [
    'a nullable variable for a critical argument',
    'query Q($n:Int){product(id:"p1"){reviews(first:$n){average}}}',
  ],
  ['a condition', 'query Q{product(id:"p1"){name @include(if:true)}}'],
  ['@defer', 'query Q { product(id: "p1001") { ... @defer { name } } }'],
] as const)('%s is not compiled', ([, text]) => {
  expect(compiled(schema, parse(text))).toBeUndefined()
})

test('every query of the dashboard without directives is compiled', () => {
  const plainOnes = [...OPERATIONS.byHash.values()].filter(
    ({ compiled, document }) =>
      !compiled &&
      getOperationAST(document)?.operation === 'query' &&
      !JSON.stringify(document).includes('"Directive"'),
  )
  expect(plainOnes.map(({ name }) => name)).toEqual([])
})

test.for([
  ['has a source', { asks: ['catalog.byIds'], access: 'public' }, false],
  ['is for a role', { asks: [], access: 'staff' }, false],
  ['is read from a row at hand', { asks: [], access: 'public' }, true],
] as const)('an operation with a critical field at the root that %s', ([, extensions, isCompiled]) => {
  const small = buildSchema('type Query { a: Int! b: Int }')
  Object.assign(small.getQueryType()?.getFields().a?.extensions ?? {}, extensions)
  expect(compiled(small, parse('query Q { a ...F } fragment F on Query { b }')) !== undefined).toBe(
    isCompiled,
  )
  expect(compiled(small, parse('query Q { a __typename }'))).toBeDefined()
})
