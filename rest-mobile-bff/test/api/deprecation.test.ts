import { describe, expect, it } from 'vitest'
import { SCREENS } from '../../src/screens/index.ts'
import { useMobile } from '../mobile.ts'

const mobile = useMobile()
const OLD = '/v1/checkout-summary?cartId=k1001'
const NAMES = ['deprecation', 'sunset', 'link'] as const

describe('a route that goes away', () => {
  const announced = {
    deprecation: '@1793491200',
    sunset: 'Mon, 01 Nov 2027 00:00:00 GMT',
    link: '</v2/checkout-summary>; rel="successor-version", </docs>; rel="deprecation"; type="text/html"',
  }

  it.each([
    ['an answer', OLD, {}, 200],
    ['a 304', OLD, { 'if-none-match': '*' }, 304],
    ['a problem', '/v1/checkout-summary', {}, 400],
    ['a refusal', OLD, { authorization: '' }, 401],
  ])('says so on %s', async (_, path, headers, expected) => {
    const answer = await mobile.get(path, headers)
    expect(answer.status).toBe(expected)
    expect(Object.fromEntries(NAMES.map((name) => [name, answer.headers.get(name)]))).toEqual(announced)
  })

  it('is the only one that says so', async () => {
    const { headers } = await mobile.get('/v2/checkout-summary?cartId=k1001')
    expect(NAMES.map((name) => headers.get(name))).toEqual([null, null, null])
  })

  it('has a successor that is served, and time between notice and end', () => {
    const paths = SCREENS.map(({ path }) => String(path))
    for (const { deprecated } of SCREENS) {
      if (!deprecated) continue
      expect(paths).toContain(deprecated.successor)
      const months = (Date.parse(deprecated.sunset) - Date.parse(deprecated.since)) / (30 * 86_400_000)
      expect(months).toBeGreaterThanOrEqual(6)
    }
  })
})

describe('the checkout summary of the first apps', () => {
  it('shows what its successor shows, less what came later, and asks no upstream for that', async () => {
    const { json: old } = await mobile.get(OLD)
    expect(mobile.calls()).toEqual({ cart: 1, pricing: 1, inventory: 1, tax: 1 })
    const { json: present } = await mobile.get('/v2/checkout-summary?cartId=k1001')
    expect(present).toMatchObject(old)
    expect(Object.keys(old)).not.toContain('shipping')
  })
})
