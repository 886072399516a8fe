import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { expect } from 'vitest'
import { fakeUpstreams } from './fake-upstreams.ts'
import { testApp } from './test-app.ts'

export type Options = Parameters<typeof fakeUpstreams>[0]

/** The field of an input that guards a write. */
export const KEY = 'idempotencyKey: "c3a5a7f0-0000-4000-8000-000000000001"'

/** Runs one mutation, with the result's type and what `selection` says. */
export async function runMutation(
  call: string,
  {
    as = 'customer',
    selection = '... on UserError { code message }',
    ...options
  }: Options & { as?: string; selection?: string } = {},
) {
  const { query, calls } = testApp({ allowAdhoc: true, upstreams: fakeUpstreams(options) })
  const answer = await query(`mutation { ${call} { __typename ${selection} } }`, { as })
  return { ...answer, result: Object.values(answer.data ?? {})[0], calls }
}

/** A call that fails with this code and with words that must not leave. */
export const failing = (code: UpstreamErrorCode) => async () => {
  throw new UpstreamError('cart', code, SECRET)
}
export const SECRET = 'secret words of an upstream'

export const refusedAs = (__typename: string, code: string) => ({
  __typename,
  code,
  message: expect.any(String),
})

export const READ_CART = { 'cart.ofCustomer': 1 }
