import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'
import type { Changed } from '../offline/change-log.ts'
import { tokenOf } from '../offline/token.ts'

const mobile = useMobile()

const changed = async (...things: Changed[]) => `/v1/changes?since=${await mobile.noteChanges(...things)}`

describe('changes', () => {
  it('contain the current state of each thing once, from one call for ids, one for SKUs and one for prices', async () => {
    const { status, json } = await mobile.get(
      await changed('product:p1001', 'price:HB-1001', 'price:HB-1002'),
    )
    expect(status).toBe(200)
    expect(json.products.map(({ id }: { id: string }) => id).sort()).toEqual(['p1001', 'p1002'])
    expect(json).toMatchObject({ removed: [], more: false })
    expect(mobile.calls()).toEqual({ catalog: 2, pricing: 1 })
  })

  it('name products that are no longer sold or no longer exist', async () => {
    const inactive = mobile.mocks.products
      .inCategory(null)
      .find((head) => !mobile.mocks.products.full(head).active)
    const { json } = await mobile.get(
      await changed('product:p999999', `product:${inactive?.id}`, 'price:HB-9'),
    )
    expect(json).toMatchObject({ products: [], removed: ['p999999', inactive?.id] })
  })

  it('cause no upstream call when there are none', async () => {
    const { json } = await mobile.get(await changed())
    expect(json).toMatchObject({ products: [], removed: [], more: false })
    expect(mobile.calls()).toEqual({})
  })

  it('come a hundred at a time, with `more`', async () => {
    const ids = Array.from({ length: 150 }, (_, n) => `product:p${1_100 + n}` as const)
    let path = await changed(...ids)
    const told: string[] = []
    for (let more = true; more; ) {
      const { json } = await mobile.get(path)
      told.push(...json.products.map(({ id }: { id: string }) => `product:${id}`))
      told.push(...json.removed.map((id: string) => `product:${id}`))
      path = `/v1/changes?since=${json.token}`
      more = json.more
    }
    expect(told.sort()).toEqual(ids.toSorted())
    expect(mobile.calls()).toEqual({ catalog: 2, pricing: 2 })
  })

  it.each([tokenOf({ epoch: 'another', at: 0 }), 'a-token-of-another-version', 'AAAA'])(
    'since an invalid token (%s) make the app start over',
    async (token) => {
      const { status, json, headers } = await mobile.get(`/v1/changes?since=${token}`)
      expect([status, json.code, json.retryable]).toEqual([410, 'START_OVER', false])
      expect(json.detail).toContain('/v1/offline-bundle')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(mobile.calls()).toEqual({})
    },
  )

  it.each(['', '?since=', '?since=a%20b', `?since=${'x'.repeat(101)}`])(
    'with %j are a bad request',
    async (query) => {
      const { status, json } = await mobile.get(`/v1/changes${query}`)
      expect([status, json.code]).toEqual([400, 'INVALID_REQUEST'])
    },
  )
})
