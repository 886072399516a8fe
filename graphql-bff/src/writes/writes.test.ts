import { UpstreamError } from '@harbor/shared-runtime/errors'
import { describe, expect, it } from 'vitest'
import { cart } from '../../test/fake-rows.ts'
import { fakeUpstreams } from '../../test/fake-upstreams.ts'
import { CSRF, testApp } from '../../test/test-app.ts'

const KEY = 'c3a5a7f0-0000-4000-8000-000000000001'
const ADD = `mutation ($key: ID!, $quantity: Int! = 1) {
  addToCart(input: { idempotencyKey: $key, sku: "HB-1001", quantity: $quantity }) {
    __typename
    ... on AddToCartPayload { cart { version lines { quantity } } }
    ... on UserError { code message }
  }
}`

/** An app whose cart counts what was added to it. */
function cartApp(addLine: (times: number) => Promise<void> = async () => {}) {
  const added: { idempotencyKey: string }[] = []
  const upstreams = fakeUpstreams({
    answering: {
      cart: {
        addLine: async (_, __, write) => {
          added.push(write)
          await addLine(added.length)
          return { ...cart('c1001', 1), version: added.length }
        },
      },
    },
  })
  const app = testApp({ allowAdhoc: true, upstreams })
  const add = (key: string, more: object = {}, as = 'customer') =>
    app.query(ADD, { as, variables: { key, ...more } })
  return { ...app, add, added }
}

describe('a write with a key', () => {
  it('is done once, and its answer replayed', async () => {
    const { add, added, calls } = cartApp()
    const first = await add(KEY)
    expect(first.data).toMatchObject({ addToCart: { cart: { version: 1 } } })
    const again = await add(KEY)
    expect(again.data).toEqual(first.data)
    expect(added).toHaveLength(1)
    expect(calls).toEqual({ 'cart.ofCustomer': 1, 'inventory.stock': 1, 'cart.addLine': 1 })
  })

  it('is done once for each key and each user, under keys of its own for the services', async () => {
    const { add, added } = cartApp()
    await add(KEY)
    await add(`${KEY}-b`)
    expect(new Set(added.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2)
    for (const { idempotencyKey } of added) expect(idempotencyKey).not.toContain(KEY)
  })

  it('refuses another input under the same key, and does nothing', async () => {
    const { add, added } = cartApp()
    await add(KEY)
    const { status, errors, data } = await add(KEY, { quantity: 2 })
    expect([status, data, errors?.[0]?.extensions.code]).toEqual([422, null, 'IDEMPOTENCY_KEY_REUSED'])
    expect(added).toHaveLength(1)
  })

  it('refuses a second request while the first is under way', async () => {
    const gate = Promise.withResolvers<void>()
    const { add, added } = cartApp(() => gate.promise)
    const first = add(KEY)
    await expect.poll(() => added.length).toBe(1)
    const second = await add(KEY)
    expect([second.status, second.errors?.[0]?.extensions]).toMatchObject([
      409,
      { code: 'IN_PROGRESS', retryable: true },
    ])
    expect(second.response.headers.get('retry-after')).toBe('1')
    gate.resolve()
    expect((await first).data).toMatchObject({ addToCart: { __typename: 'AddToCartPayload' } })
    expect(added).toHaveLength(1)
  })

  it('whose outcome is not known is done again under the same key for the service', async () => {
    const { add, added } = cartApp(async (times) => {
      if (times === 1) throw new UpstreamError('cart', 'timeout', 'words of the cart')
    })
    const first = await add(KEY)
    expect([first.status, first.errors?.[0]?.extensions]).toMatchObject([
      504,
      { code: 'UPSTREAM_TIMEOUT', retryable: true },
    ])
    expect(first.text).not.toContain('words of the cart')
    expect((await add(KEY)).data).toMatchObject({ addToCart: { cart: { version: 2 } } })
    expect(added.map(({ idempotencyKey }) => idempotencyKey)).toEqual(Array(2).fill(added[0]?.idempotencyKey))
  })

  it('is refused with a key that is too short or holds other signs, at no cost', async () => {
    const { add, calls } = cartApp()
    for (const key of ['', 'short', `${KEY}\n`, 'x'.repeat(129), `${KEY}ü`]) {
      const { status, errors } = await add(key)
      expect([status, errors?.[0]?.extensions.code]).toEqual([400, 'INVALID_REQUEST'])
    }
    expect(calls).toEqual({})
  })

  it('that its user does not wait for is finished', async () => {
    const gate = Promise.withResolvers<void>()
    const { app, session, added, contexts, add } = cartApp(() => gate.promise)
    const leaving = new AbortController()
    const asked = app.request('/graphql', {
      method: 'POST',
      headers: { ...CSRF, 'content-type': 'application/json', cookie: await session.cookieOf('customer') },
      body: JSON.stringify({ query: ADD, variables: { key: KEY } }),
      signal: leaving.signal,
    })
    const outcome = Promise.resolve(asked).catch(() => 'left')
    await expect.poll(() => added.length).toBe(1)
    leaving.abort()
    expect(contexts[0]?.signal.aborted).toBe(false)
    gate.resolve()
    await outcome
    await expect
      .poll(async () => (await add(KEY)).data)
      .toMatchObject({ addToCart: { cart: { version: 1 } } })
    expect(added).toHaveLength(1)
  })
})

describe('an operation that writes', () => {
  const MARK = 'markNotificationsRead(input: {}) { __typename }'

  it.each([
    ['two fields', `mutation { a: ${MARK} b: ${MARK} }`],
    ['fifty fields', `mutation { ${Array.from({ length: 50 }, (_, n) => `a${n}: ${MARK}`).join(' ')} }`],
    ['a field and an inline fragment', `mutation { a: ${MARK} ... on Mutation { b: ${MARK} } }`],
    [
      'two fragments',
      `mutation { ...A ...B } fragment A on Mutation { a: ${MARK} } fragment B on Mutation { ... { b: ${MARK} } }`,
    ],
    ['a field that is skipped', `mutation { a: ${MARK} b: ${MARK} @skip(if: true) }`],
  ])('has one field: %s are refused, and nothing is written', async (_, document) => {
    const { query, calls } = testApp({ allowAdhoc: true })
    const { status, errors } = await query(document, { as: 'customer' })
    expect([status, errors?.[0]?.extensions.code]).toEqual([400, expect.stringMatching(/INVALID|COMPLEX/)])
    expect(calls).toEqual({})
  })

  it('is sent by POST: nothing is written by a GET', async () => {
    const { send, session, calls } = testApp({ allowAdhoc: true })
    const search = `?${new URLSearchParams({ query: `mutation { ${MARK} }` })}`
    const { response } = await send({ search, headers: { cookie: await session.cookieOf('customer') } })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST'])
    expect(calls).toEqual({})
  })

  it('has its own budget: a checkout may take longer than a query', async () => {
    const { query, contexts } = testApp({ allowAdhoc: true, budgetMs: 1_000 })
    const CHECKOUT = `mutation { checkout(input: { idempotencyKey: "${KEY}", cartVersion: 1, total: { amount: 500, currency: "EUR" }, paymentMethod: "card" }) { __typename } }`
    await query(CHECKOUT, { as: 'customer' })
    await query('{ viewer { displayName } }', { as: 'customer' })
    const [write, read] = contexts.map(({ deadline }) => deadline - performance.now())
    expect(write).toBeGreaterThan(3_000)
    expect(read).toBeLessThan(1_000)
  })
})
