import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, userToken } from '../test/calls.ts'
import { type MockServices, startMockServices } from './index.ts'

let mocks: MockServices
let token: string
beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  token = await userToken(mocks, (await mocks.demo()).webAccessToken, 'cart')
})
afterAll(() => mocks.close())

type Cart = { version: number; updatedAt: string; lines: { sku: string; quantity: number }[] }
const present = async (): Promise<Cart> => (await call(mocks, 'cart', '/carts/k1001', token)).json()

async function setQuantity(quantity: number, headers: Record<string, string>, sku = 'HB-1001') {
  const options = { method: 'PATCH', body: { quantity }, headers }
  return (await call(mocks, 'cart', `/carts/k1001/lines/${sku}`, token, options)).status
}

it('a cart is changed only while it has one of the versions that are named', async () => {
  const { version } = await present()
  expect(await setQuantity(2, { 'if-match': `"${version + 1}", W/"${version}"` })).toBe(412)
  expect(await present()).toMatchObject({ version })
  expect(await setQuantity(2, { 'if-match': `"1000", "${version}"` })).toBe(200)
  expect(await setQuantity(3, { 'if-match': `"${version}"` })).toBe(412)
  expect(await setQuantity(3, { 'if-match': '*' })).toBe(200)
  expect(await present()).toMatchObject({ version: version + 2 })
})

it('of two writes with the same version one happens', async () => {
  const { version } = await present()
  const statuses = await Promise.all([4, 5, 6, 7].map((n) => setQuantity(n, { 'if-match': `"${version}"` })))
  expect(statuses.toSorted()).toEqual([200, 412, 412, 412])
})

it('a write that has happened is answered as before under its key, though the version is another now', async () => {
  const { version } = await present()
  const headers = { 'if-match': `"${version}"`, 'idempotency-key': 'precondition-1' }
  expect([await setQuantity(8, headers), await setQuantity(8, headers)]).toEqual([200, 200])
  expect((await present()).version).toBe(version + 1)
})

it('a version that must not be there, and a date, are asked, too; what is not there is 404 before that', async () => {
  const { version, updatedAt } = await present()
  expect(await setQuantity(9, { 'if-none-match': '*' })).toBe(412)
  expect(await setQuantity(9, { 'if-none-match': `W/"${version}"` })).toBe(412)
  expect(await setQuantity(9, { 'if-unmodified-since': new Date(0).toUTCString() })).toBe(412)
  expect(await setQuantity(9, { 'if-none-match': '"0"' }, 'HB-1888')).toBe(404)
  expect(await setQuantity(9, { 'if-match': '"0"' }, 'HB-1888')).toBe(404)
  expect(await setQuantity(9, { 'if-unmodified-since': new Date(updatedAt).toUTCString() })).toBe(200)
})
