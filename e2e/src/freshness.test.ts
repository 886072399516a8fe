import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type System, startSystem } from './harness.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system.stop())
beforeEach(() => system.heal())

const product = async (id: string) => {
  const answer = await fetch(`${system.mobile}/v1/products/${id}`)
  return { status: answer.status, body: await answer.json() }
}

describe('what is kept of the catalogue', () => {
  it('is right again soon after it has changed: the event purges it', async () => {
    await product('p1700')
    const name = `Renamed at ${Date.now()}`
    const changed = await fetch(`${system.control}/products/p1700`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
    expect(changed.ok).toBe(true)
    await expect
      .poll(async () => (await product('p1700')).body.name, { timeout: 2_000, interval: 20 })
      .toBe(name)
  })

  it('lasts through an outage of the catalogue, though what is not kept does not', async () => {
    await product('p1701')
    await system.fault('catalog', { refuse: true })
    expect(await product('p1701')).toMatchObject({ status: 200, body: { id: 'p1701' } })
    expect(await product('p1702')).toMatchObject({ status: 503, body: { code: 'UPSTREAM_UNAVAILABLE' } })
  })
})
