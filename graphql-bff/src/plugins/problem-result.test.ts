import { UpstreamError } from '@harbor/shared-runtime/errors'
import { GraphQLError } from 'graphql'
import { expect, test } from 'vitest'
import { degradedParts, failureOf } from './problem-result.ts'

const failure = (path: (string | number)[], originalError = new UpstreamError('cart', 'timeout', 'late')) =>
  failureOf(new GraphQLError('late', { path, originalError }))

test('the part that is missing is the nearest optional one around the field that failed', () => {
  const data = { viewer: { cart: null, orders: [{ total: null }] } }
  expect(
    degradedParts(data, [
      failure(['viewer', 'cart', 'lines', 3, 'product', 'name']),
      failure(['viewer', 'orders', 0, 'total']),
      failure(['viewer', 'orders', 1, 'total']),
    ]),
  ).toEqual(['viewer.cart', 'viewer.orders.total'])
})

test('an error of the engine is the request’s fault before execution and ours within it', () => {
  const engine = new GraphQLError('Int cannot represent non 32-bit signed integer value: 9e9')
  expect(failureOf(engine).problem.code).toBe('INVALID_REQUEST')
  const within = failureOf(new GraphQLError(engine.message, { path: ['product', 'price', 'amount'] }))
  expect([within.problem.code, within.problem.message]).toEqual([
    'INTERNAL',
    'Something went wrong on our side',
  ])
})
