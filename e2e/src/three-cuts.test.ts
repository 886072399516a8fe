import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from './harness.ts'
import { persisted } from './web-client.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system.stop())

/** Calls to the domain services while something is done, identity left out: tokens are kept between requests. */
const callsDuring = async (act: () => Promise<unknown>): Promise<Record<string, number>> => {
  await system.forgetCalls()
  await act()
  const { identity: _, ...calls } = await system.calls()
  return calls
}

describe('one product, three cuts', () => {
  it('the app gets at most 300 bytes, and nothing the second time', async () => {
    const url = `${system.mobile}/v1/products/${system.demo.productId}`
    const first = await fetch(url)
    const body = await first.text()
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(300)
    const calls = await callsDuring(async () => {
      const second = await fetch(url, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
      expect(second.status).toBe(304)
      expect(await second.text()).toBe('')
    })
    expect(calls).not.toHaveProperty('catalog')
  })

  it('the dashboard gets everything about it, for one call to each upstream, be it 1 product or 50', async () => {
    const ids = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `p${from + index}`)
    // The first large list of a process pays for compilation, on a shared machine more than a call's timeout.
    for (let attempt = 0; attempt < 20; attempt++)
      if (!(await persisted(system, 'ProductList', { ids: ids(1001, 50) })).errors) break
    // Products that nobody has asked for yet: what the cache has costs no call at all.
    for (const [from, count] of [
      [2001, 1],
      [2101, 50],
    ] as const) {
      const calls = await callsDuring(async () => {
        const { data, errors } = await persisted<{ products: unknown[] }>(system, 'ProductList', {
          ids: ids(from, count),
        })
        expect(errors).toBeUndefined()
        expect(data.products).toHaveLength(count)
      })
      expect(calls).toEqual({ catalog: 1, pricing: 1, inventory: 1, recommendations: 1, reviews: 1 })
    }
  })

  it('the device gets one byte, for no call at all', async () => {
    const { device, sku } = system.demo
    const calls = await callsDuring(async () => {
      const answer = await fetch(`${system.devices.addresses.http}/s/${sku}`, {
        headers: { k: device.key },
      })
      expect(answer.status).toBe(200)
      expect(await answer.text()).toMatch(/^[01]$/)
    })
    expect(calls).toEqual({})
  })
})
