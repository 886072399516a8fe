import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { PROBLEMS } from '@harbor/shared-runtime/problems'
import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { homeScreen } from '../../src/screens/home.ts'
import { useMobile } from '../mobile.ts'

const CODES = [
  'timeout',
  'unavailable',
  'overloaded',
  'invalid_answer',
  'not_found',
  'conflict',
  'rejected',
  'unauthorized',
  'cancelled',
] as const satisfies readonly UpstreamErrorCode[]

let thrown: unknown = new Error('not set')
const mobile = useMobile({
  screens: [{ ...homeScreen, answer: () => Promise.reject(thrown) }],
})

/** Words of an upstream: what must not be in an answer, whatever stands around it. */
const words = fc
  .record({
    canary: fc.nat().map((number) => `canary-${number}`),
    around: fc.string({ unit: 'grapheme' }),
  })
  .map(({ canary, around }) => ({ canary, text: `${around}${canary} at http://10.1.2.3:4107${around}` }))

const errors = fc
  .record({ words, code: fc.constantFrom(...CODES), kind: fc.nat(5) })
  .map(({ words: { canary, text }, code, kind }) => {
    const cause = Object.assign(new Error(text), { host: text, detail: text, code: text })
    const made = [
      new UpstreamError('catalog', code, text, { cause }),
      new UpstreamError(text, code, 'refused', { cause }),
      new TypeError(text, { cause: new UpstreamError('catalog', code, text) }),
      new AggregateError([cause], text),
      text,
      { message: text, stack: text, status: 418, code: text },
    ]
    return { canary, error: made[kind] }
  })

describe('whatever goes wrong behind it', () => {
  it('the app is told a documented code, and no word, host or stack of what it was', async () => {
    await fc.assert(
      fc.asyncProperty(errors, async ({ canary, error }) => {
        thrown = error
        const { status, text, json, headers } = await mobile.get('/v1/home')
        const known = PROBLEMS[json.code as keyof typeof PROBLEMS]
        expect(known).toMatchObject({ status, title: json.title, retryable: json.retryable })
        const said = `${text}${JSON.stringify([...headers])}`
        expect(said).not.toContain(canary)
        expect(said).not.toMatch(/10\.1\.2\.3|catalog|Error:|\bat \S+:\d+/)
        expect(Object.keys(json).sort()).toEqual(['code', 'retryable', 'status', 'title', 'traceId', 'type'])
        expect(headers.get('retry-after')).toBe(json.retryable ? '1' : null)
      }),
      { numRuns: scaled(200, 5_000) },
    )
  })
})
