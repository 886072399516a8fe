import { expect, test } from 'vitest'
import { UpstreamError, type UpstreamErrorCode } from './errors.ts'
import { PROBLEMS, ProblemError, problemBody, toProblem } from './problems.ts'

const CANARY = 'canary-of-an-upstream'

const EXPECTED: Record<UpstreamErrorCode, [code: string, status: number, retryable: boolean]> = {
  timeout: ['UPSTREAM_TIMEOUT', 504, true],
  unavailable: ['UPSTREAM_UNAVAILABLE', 503, true],
  overloaded: ['UPSTREAM_UNAVAILABLE', 503, true],
  invalid_answer: ['UPSTREAM_INVALID', 502, false],
  not_found: ['NOT_FOUND', 404, false],
  conflict: ['CONFLICT', 409, false],
  precondition_failed: ['PRECONDITION_FAILED', 412, false],
  rejected: ['INVALID_REQUEST', 400, false],
  unauthorized: ['INTERNAL', 500, false],
  forbidden: ['FORBIDDEN', 403, false],
  user_refused: ['UNAUTHENTICATED', 401, false],
  cancelled: ['UPSTREAM_UNAVAILABLE', 503, true],
}
const CODES = Object.keys(EXPECTED) as UpstreamErrorCode[]

test.each(CODES)('an upstream error %s has its own code, status and advice on retrying', (upstreamCode) => {
  const problem = toProblem(new UpstreamError('catalog', upstreamCode, CANARY))
  expect([problem.code, problem.status, problem.retryable]).toEqual(EXPECTED[upstreamCode])
  expect(problem.retryAfterS).toBe(problem.retryable ? 1 : undefined)
})

test.each(CODES)('the body for an upstream error %s contains no text of the upstream', (upstreamCode) => {
  const cause = new Error(CANARY)
  const problem = toProblem(new UpstreamError('catalog', upstreamCode, `said ${CANARY}`, { cause }))
  const body = JSON.stringify(problemBody(problem, 'a-trace'))
  expect(body).not.toContain(CANARY)
  expect(body).not.toContain('catalog')
  expect(body).toContain('a-trace')
})

test('an unexpected error is INTERNAL, with its message for the log only', () => {
  const thrown = new TypeError(CANARY)
  const problem = toProblem(thrown)
  expect(problem).toMatchObject({ code: 'INTERNAL', status: 500, cause: thrown })
  expect(JSON.stringify(problemBody(problem, 'a-trace'))).not.toContain(CANARY)
  expect(toProblem('a string that was thrown').code).toBe('INTERNAL')
})

test.each([
  [
    'limit (query): given "Bearer abc.def". Allowed: a number',
    'limit (query): given "Bearer …". Allowed: a number',
  ],
  ['given "eyJhbGciOi.abc.def"', 'given "…"'],
  ['given "ada@harbor.example"', 'given "…"'],
  [
    'Variable "$input" got invalid value { password: "hunter2" }',
    'Variable "$input" got invalid value { password: …" }',
  ],
  ['The cart has changed.', 'The cart has changed.'],
])('a detail does not repeat private values of the request: %s', (detail, said) => {
  const problem = new ProblemError('INVALID_REQUEST', detail)
  expect([problem.detail, problem.message, problemBody(problem, 't').detail]).toEqual([said, said, said])
})

test('a ProblemError stays unchanged, with its detail', () => {
  const problem = new ProblemError('CONFLICT', 'The cart has changed.', { retryAfterS: 3 })
  expect(toProblem(problem)).toBe(problem)
  expect(problemBody(problem, 'a-trace')).toEqual({
    type: 'urn:harbor:problem:CONFLICT',
    title: PROBLEMS.CONFLICT.title,
    status: 409,
    detail: 'The cart has changed.',
    code: 'CONFLICT',
    retryable: false,
    traceId: 'a-trace',
  })
  expect(problem.retryAfterS).toBe(3)
})
