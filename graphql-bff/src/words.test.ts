import { expect, test } from 'vitest'
import { testApp } from './testing/test-app.ts'

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
