import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { ACTIONS } from '../../src/actions/index.ts'
import { SCREENS } from '../../src/screens/index.ts'

const ID_FIELDS = ['id', 'sku', 'cartId', 'category']
/** As shops have them: UUIDs, numbers, slugs, prefixed ids. */
const ownId = fc.oneof(
  fc.uuid(),
  fc.nat().map(String),
  fc.stringMatching(/^[a-z]{1,8}(-[a-z0-9]{1,8}){0,4}$/),
  fc.stringMatching(/^[A-Z]{1,4}_[0-9A-Z]{26}$/),
)

type Input = { route: string; schema: z.ZodObject }
const inputs: Input[] = [
  ...SCREENS.flatMap(({ path, params, query }) => [params, query].map((schema) => ({ route: path, schema }))),
  ...ACTIONS.flatMap(({ path, params, body }) => [params, body].map((schema) => ({ route: path, schema }))),
].flatMap(({ route, schema }) => (schema instanceof z.ZodObject ? [{ route, schema }] : []))
const fieldsWithIds = inputs.flatMap(({ route, schema }) =>
  ID_FIELDS.filter((field) => field in schema.shape).map((field) => ({ route, field, schema })),
)

it('there are ids in paths, queries and bodies', () => {
  expect(fieldsWithIds.map(({ route, field }) => `${route} ${field}`)).toEqual(
    expect.arrayContaining([
      '/v1/products/{id} id',
      '/v1/products category',
      '/v2/checkout-summary cartId',
      '/v1/cart/items sku',
      '/v1/checkout cartId',
    ]),
  )
})

it.each(fieldsWithIds)('$route takes the ids of any shop as $field', ({ field, schema }) => {
  const accepts = (id: string) =>
    z.object({ [field]: schema.shape[field] }).safeParse({ [field]: id }).success
  fc.assert(
    fc.property(ownId, (id) => accepts(id)),
    { numRuns: 200 },
  )
  for (const refused of ['', '..', 'a/b', 'a,b', 'a'.repeat(65)]) expect(accepts(refused)).toBe(false)
})
