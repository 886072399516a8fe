import { expect, test } from 'vitest'
import { fakeUpstreams } from '../test/fake-upstreams.ts'
import { testApp } from '../test/test-app.ts'

test('statuses, tiers and warehouses leave in our own words, with one for what we have none for', async () => {
  const { operation } = testApp()
  const { data: dashboard } = await operation('Dashboard', { as: 'customer', variables: { orders: 1 } })
  expect(dashboard?.viewer).toMatchObject({ loyalty: { tier: 'GOLD' }, orders: [{ status: 'ON_ITS_WAY' }] })
  const { data: page } = await operation('ProductPage', { variables: { id: 'p1001' } })
  expect(page?.product).toMatchObject({
    stock: [
      { warehouse: 'BERLIN', available: 3 },
      { warehouse: 'OTHER', available: 1 },
    ],
  })
})

test.each(['constructor', '__proto__', 'toString', ''])(
  'a tier or a warehouse that is called %j is one that there is no word for',
  async (name) => {
    const { operation } = testApp({ upstreams: fakeUpstreams({ tier: name, warehouse: name }) })
    const dashboard = await operation('Dashboard', { as: 'customer', variables: { orders: 1 } })
    expect([dashboard.status, dashboard.errors]).toEqual([200, undefined])
    expect(dashboard.data?.viewer).toMatchObject({ loyalty: { tier: null } })
    const page = await operation('ProductPage', { variables: { id: 'p1001' } })
    expect(page.errors).toBeUndefined()
    expect(page.data?.product).toMatchObject({
      stock: [expect.anything(), { warehouse: 'OTHER', available: 1 }],
    })
  },
)
