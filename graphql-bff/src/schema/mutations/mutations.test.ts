import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { getNamedType, isUnionType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { fakeUpstreams } from '../../../test/fake-upstreams.ts'
import { type FieldPath, fieldPaths, operationTo } from '../../../test/operation-to.ts'
import { type Options, SECRET } from '../../../test/run-mutation.ts'
import { testApp } from '../../../test/test-app.ts'
import { schema } from '../index.ts'

/** Every mutation of the schema with the payload as deep as it goes: a new one is tested as soon as it is there. */
const MUTATIONS = fieldPaths(schema).filter(
  ({ type, path }) => type === schema.getMutationType() && path.length === 1,
)
const UPSTREAMS = [
  'cart',
  'customers',
  'fraud',
  'inventory',
  'notifications',
  'orders',
  'payments',
  'pricing',
] as const

const FAILURES: readonly [UpstreamErrorCode, RegExp][] = [
  ['timeout', /UPSTREAM_TIMEOUT/],
  ['unavailable', /UPSTREAM_UNAVAILABLE/],
  ['invalid_answer', /UPSTREAM_(UNAVAILABLE|INVALID)/],
]

describe.each(MUTATIONS.map((field) => [field.name, field] as const))('%s', (_, field) => {
  it('is a payload or errors with a code and a message', () => {
    const result = getNamedType(field.field.type)
    if (!isUnionType(result)) throw new TypeError('its result is no union')
    const errors = result.getTypes().filter(({ name }) => !name.endsWith('Payload'))
    expect(result.getTypes().length - errors.length).toBe(1)
    for (const error of errors) expect(error.getInterfaces().map(({ name }) => name)).toEqual(['UserError'])
  })

  it.each(UPSTREAMS)(
    'without %s is done, or says that it may be tried again, and says no more',
    // A checkout repeats a step that fails until its budget is over.
    { timeout: 60_000 },
    async (upstream) => {
      await Promise.all(FAILURES.map(([code, expected]) => failsWith(upstream, code, expected)))
    },
  )

  async function failsWith(upstream: string, code: UpstreamErrorCode, expected: RegExp): Promise<void> {
    const error = new UpstreamError(upstream, code, SECRET)
    const { answer, calls } = await send(field, { failing: { [upstream]: error } })
    expect(answer.text).not.toContain(SECRET)
    if (Object.keys(calls).some((call) => call.startsWith(`${upstream}.`))) {
      expect(answer.data).toBeNull()
      expect(answer.errors?.[0]?.extensions.code).toMatch(expected)
      expect(answer.status).toBeGreaterThanOrEqual(502)
      expect(answer.response.headers.get('cache-control')).toBe('no-store')
    } else expect([answer.status, answer.errors]).toEqual([200, undefined])
  }
})

async function send(field: FieldPath, options: Options) {
  const { query, calls } = testApp({ allowAdhoc: true, upstreams: fakeUpstreams(options) })
  const answer = await query(operationTo(field, { rows: 1, depth: 0 }), { as: 'customer+staff' })
  return { answer, calls }
}
