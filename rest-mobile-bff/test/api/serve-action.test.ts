import { describe, expect, it } from 'vitest'
import { ACTIONS } from '../../src/actions/index.ts'
import { useMobile } from '../mobile.ts'

const mobile = useMobile({ patient: true })

const PATH = '/v1/cart/items'
const BODY = { sku: 'HB-1004', quantity: 1 }
let keys = 0
const freshKey = () => `serve-action-test-${++keys}`
const added = () => mobile.mocks.calls().cart?.['POST /carts/{id}/lines'] ?? 0

describe('a write with a key', () => {
  it('sent fifty times at once has one effect; the others are told to wait, or get its answer', async () => {
    const key = freshKey()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => mobile.send('POST', PATH, BODY, { key })),
    )
    expect(added()).toBe(1)
    const done = answers.filter(({ status }) => status === 200)
    expect(new Set(done.map(({ text }) => text)).size).toBe(1)
    for (const { status, json, headers } of answers.filter((answer) => answer.status !== 200)) {
      expect([status, json.code, json.retryable]).toEqual([409, 'IN_PROGRESS', true])
      expect(headers.get('retry-after')).toBe('1')
    }
    expect(done.length).toBeGreaterThan(0)
  })

  it('is answered again byte for byte, also when the body was written in another way', async () => {
    const key = freshKey()
    const first = await mobile.send('POST', PATH, BODY, { key })
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    const second = await mobile.send('POST', PATH, ' {"quantity": 1, "sku": "HB-1004"}', { key: `"${key}"` })
    expect(second.status).toBe(first.status)
    expect(second.text).toBe(first.text)
    for (const name of ['content-type', 'schema-version', 'cache-control'])
      expect(second.headers.get(name)).toBe(first.headers.get(name))
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(added()).toBe(1)
  })

  it('and another body is refused, for that user and route alone', async () => {
    const key = freshKey()
    await mobile.send('POST', PATH, BODY, { key })
    const other = await mobile.send('POST', PATH, { ...BODY, quantity: 2 }, { key })
    expect([other.status, other.json.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
    const tokens = await mobile.mocks.tokensOf('c1002')
    const authorization = `Bearer ${tokens?.mobileAccessToken}`
    const another = await mobile.send('POST', PATH, { ...BODY, quantity: 2 }, { key, authorization })
    expect(another.status).toBe(200)
    expect((await mobile.send('PATCH', `${PATH}/HB-1004`, { quantity: 2 }, { key })).status).toBe(200)
  })

  it('that was refused is refused again in the same words', async () => {
    const key = freshKey()
    const path = `${PATH}/HB-1999`
    const first = await mobile.send('PATCH', path, { quantity: 2 }, { key })
    const second = await mobile.send('PATCH', path, { quantity: 2 }, { key })
    expect(first.status).toBe(404)
    expect(second.text).toBe(first.text)
    expect(second.headers.get('idempotency-replayed')).toBe('true')
  })

  it('that failed before anything was written leaves the key free, for another body, too', async () => {
    const key = freshKey()
    await mobile.mocks.setFault('inventory', { errorRate: 1 })
    expect((await mobile.send('POST', PATH, BODY, { key })).status).toBe(503)
    await mobile.mocks.clearFaults()
    expect((await mobile.send('POST', PATH, { ...BODY, quantity: 5 }, { key })).status).toBe(200)
  })

  it.each(['POST', 'PATCH', 'PUT', 'DELETE'])('is asked for by every %s', async (method) => {
    for (const action of ACTIONS.filter((one) => one.method === method)) {
      const path = action.path.replace('{sku}', 'HB-1001')
      const { status, json } = await mobile.send(method, path, {}, { key: '' })
      expect([status, json.code]).toEqual([400, 'IDEMPOTENCY_KEY_REQUIRED'])
    }
    expect(mobile.calls()).toEqual({})
  })

  it.each(['short', 'a'.repeat(129), 'sixteen letters, and a space', '"unbalanced-quotes-here', ''])(
    'like %j is not taken',
    async (key) => {
      const { json } = await mobile.send('POST', PATH, BODY, { key: '', 'idempotency-key': key })
      expect(json.code).toBe('INVALID_REQUEST')
      expect(json.detail).toMatch(/^Idempotency-Key: given a text of \d+ characters. Allowed: 16 to 128/)
    },
  )
})

describe('what a write is given', () => {
  const refuse = async (body: unknown, headers: Record<string, string> = {}) => {
    const { status, json } = await mobile.send('POST', '/v1/checkout', body, headers)
    expect(mobile.calls()).toEqual({})
    return { status, code: json.code, detail: json.detail }
  }

  it.each([
    [
      { cartId: 'k1001' },
      'paymentMethod (body): given nothing. Allowed: the name or token of a payment method',
    ],
    [
      { cartId: 'k1001', paymentMethod: '4111111111111111' },
      'paymentMethod (body): given a text of 16 characters. Allowed: the name or token of a payment method, such as card or tok_1a2b',
    ],
    [
      { cartId: 'k1001', paymentMethod: 4111111111111111 },
      'paymentMethod (body): given a large number. Allowed: the name or token of a payment method',
    ],
    [{ cartId: 'k1001', paymentMethod: 'card', coupon: 'x' }, 'coupon (body): not known here'],
    [[], 'body: given a list. Invalid input: expected object, received array'],
    ['{', 'The body is not valid JSON.'],
    ['', 'The body is not valid JSON.'],
  ])('is refused when it is %j, with the field, what was given and what is allowed', async (body, detail) => {
    expect(await refuse(body)).toEqual({ status: 400, code: 'INVALID_REQUEST', detail })
  })

  it('is JSON, said to be so, and not too large', async () => {
    expect(
      await refuse('cartId=k1001', { 'content-type': 'application/x-www-form-urlencoded' }),
    ).toMatchObject({ status: 415 })
    expect(await refuse({ cartId: 'k'.repeat(9_000) })).toMatchObject({ status: 413, code: 'TOO_LARGE' })
    expect(await refuse('['.repeat(8_000))).toMatchObject({ status: 400 })
  })

  it('needs a token with the scope for it', async () => {
    expect((await mobile.send('POST', PATH, BODY, { authorization: 'Bearer x' })).status).toBe(401)
  })

  it('by another method is told which there are', async () => {
    const { status, headers } = await mobile.send('POST', `${PATH}/HB-1001`, {})
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('PATCH, DELETE')
  })
})
