import { isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { CANARIES } from '../../test/fake-upstreams.ts'
import { testApp } from '../../test/test-app.ts'
import { builder } from '../builder.ts'
import { schema } from '../schema/index.ts'

const fields = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('__'))
  .flatMap((type) =>
    Object.values(type.getFields()).map((field) => ({
      name: `${type.name}.${field.name}`,
      access: field.extensions.access,
    })),
  )

test('every field says who may see it', () => {
  expect(fields.filter(({ access }) => typeof access !== 'string')).toEqual([])
})

test('what only some roles may see is exactly this', () => {
  const restricted = Object.groupBy(fields, ({ access }) => String(access))
  const finance = restricted.finance?.map(({ name }) => name)
  expect(finance?.toSorted()).toEqual(
    ['Product', 'ProductRow'].flatMap((type) => [`${type}.margin`, `${type}.wholesaleCost`]),
  )
  const risk = restricted.risk?.map(({ name }) => name)
  expect(risk?.toSorted()).toEqual(['Customer.fraudScore', 'CustomerRow.fraudScore'])
  const staffTypes = restricted.staff?.map(({ name }) => name.slice(0, name.indexOf('.')))
  const isOfTable = (type: string) => /^Audit|(Row|StockItem|TaxLine)(Connection|Edge)?$/.test(type)
  expect([...new Set(staffTypes)].filter((type) => !isOfTable(type)).toSorted()).toEqual([
    'Administration',
    'Customer',
    'Device',
    'Mutation',
    'Query',
    'Reading',
  ])
  for (const { name, access } of fields)
    if (isOfTable(name.slice(0, name.indexOf('.')))) expect(access, name).toMatch(/^(staff|finance|risk)$/)
})

test('a schema with a field that has no rule is not built', () => {
  // @ts-expect-error: it does not compile either
  builder.queryField('forgotten', (t) => t.string({ resolve: () => '' }))
  expect(() => builder.toSchema()).toThrow('Query.forgotten does not say who may see it')
})

const SECRET = /71717171|717,171\.71|81818181|91\.919/

test.for(['', 'customer', 'staff', 'staff+risk'])(
  'margin and wholesale cost are not for "%s"',
  async (as) => {
    const { operation } = testApp()
    const { data, errors, text } = await operation('StaffProduct', { as, variables: { id: 'p1001' } })
    expect(data?.product).toMatchObject({ name: 'Product p1001', margin: null, wholesaleCost: null })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(
      Array(2).fill(as === '' ? 'UNAUTHENTICATED' : 'FORBIDDEN'),
    )
    expect(text).not.toMatch(/71717171|717,171\.71|81818181/)
  },
)

test('margin and wholesale cost are for finance', async () => {
  const { data } = await testApp().operation('StaffProduct', { as: 'finance', variables: { id: 'p1001' } })
  expect(data?.product).toMatchObject({
    margin: CANARIES.margin,
    wholesaleCost: { amount: CANARIES.wholesaleCost },
  })
})

test('the fraud score is for risk only', async () => {
  const { operation } = testApp()
  const variables = { id: 'c1001' }
  const staff = await operation('StaffCustomer', { as: 'staff+finance', variables })
  expect(staff.data?.customer).toMatchObject({ displayName: 'Ada L.', fraudScore: null })
  expect(staff.text).not.toMatch(SECRET)
  const risk = await operation('StaffCustomer', { as: 'staff+risk', variables })
  expect(risk.data?.customer).toMatchObject({ fraudScore: CANARIES.fraudScore })
})

test('a customer is not asked for on behalf of who may not see one', async () => {
  const { operation, calls } = testApp()
  const { data, errors, extensions } = await operation('StaffCustomer', {
    as: 'customer',
    variables: { id: 'c1002' },
  })
  expect(data).toEqual({ customer: null })
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  expect(extensions).toBeUndefined() // refused is not degraded
  expect(calls).toEqual({})
})

test.for(['ProductPage', 'ProductList', 'Dashboard'])(
  'no answer of %s holds a sensitive value',
  async (name) => {
    const variables =
      name === 'ProductPage' ? { id: 'p1001' } : name === 'ProductList' ? { ids: ['p1001'] } : {}
    const { text, errors } = await testApp().operation(name, { as: 'customer', variables })
    expect(errors).toBeUndefined()
    expect(text).not.toMatch(SECRET)
    expect(text).not.toMatch(/TIER_|"SHIPPED"|"ber"|"c1001"|"k1001"/)
  },
)
