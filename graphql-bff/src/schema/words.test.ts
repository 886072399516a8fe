import { getNamedType, getNullableType, isEnumType, isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { executed } from '../../test/execute.ts'
import { customer, order } from '../../test/fake-rows.ts'
import { list, rows } from '../../test/fake-upstreams.ts'
import { schema } from './index.ts'

const outputFields = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('__'))
  .flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({ ...field, name: `${type.name}.${field.name}` })),
  )

test('every field of an enum is optional: an upstream may have a new value any day', () => {
  const strict = outputFields
    .filter(({ type }) => isEnumType(getNamedType(type)) && type !== getNullableType(type))
    .map(({ name }) => name)
  expect(strict).toEqual([])
})

test('no field is an Int, which is too small for money and counters', () => {
  expect(
    outputFields.filter(({ type }) => getNamedType(type).name === 'Int').map(({ name }) => name),
  ).toEqual([])
})

const WORDS = `{ product(id: "p1001") { name stock { warehouse available } }
  viewer { loyalty { tier points } orders { edges { node { number status total { amount } } } } } }`

test('statuses, tiers and warehouses leave in words of our own', async () => {
  const { data, errors } = await executed(WORDS, { roles: ['customer'] })
  expect(errors).toEqual([])
  expect(data).toMatchObject({
    product: { stock: [{ warehouse: 'BERLIN' }, { warehouse: 'TOKYO' }] },
    viewer: {
      loyalty: { tier: 'GOLD' },
      orders: { edges: Array(5).fill({ node: { status: 'ON_ITS_WAY' } }) },
    },
  })
})

test.each(['constructor', '__proto__', 'toString', 'RETURNED_BY_DRONE', ''])(
  'a value %j that there is no word for costs its own field, in one way for all enums',
  async (unknown) => {
    const warehouses = [
      { warehouse: unknown, available: 1, reserved: 0 },
      { warehouse: 'ber', available: 2, reserved: 0 },
    ]
    const { data, errors } = await executed(WORDS, {
      roles: ['customer'],
      answering: {
        inventory: { stock: async (skus) => rows(skus, (sku) => ({ sku, warehouses })) },
        customers: { byIds: async (ids) => rows(ids, (id) => ({ ...customer(id), loyaltyTier: unknown })) },
        orders: {
          ofCustomer: async () => ({
            ...list([{ ...order(1, 1), status: unknown }, order(2, 1)]),
            nextCursor: null,
            totalCount: 2,
          }),
        },
      },
    })
    expect(data).toMatchObject({
      product: {
        stock: [
          { warehouse: null, available: 1 },
          { warehouse: 'BERLIN', available: 2 },
        ],
      },
      viewer: {
        loyalty: { tier: null, points: 12 },
        orders: {
          edges: [
            { node: { number: 'HC-2026-1', status: null, total: { amount: 500 } } },
            { node: { number: 'HC-2026-2', status: 'ON_ITS_WAY' } },
          ],
        },
      },
    })
    expect(errors.map(({ code }) => code)).toEqual(Array(3).fill('UNKNOWN_VALUE'))
    expect(errors.map(({ path }) => path).toSorted()).toEqual([
      'product.stock.0.warehouse',
      'viewer.loyalty.tier',
      'viewer.orders.edges.0.node.status',
    ])
  },
)
