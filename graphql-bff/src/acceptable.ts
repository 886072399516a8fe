import { acceptedMediaTypes } from '@harbor/shared-edge/negotiation'
import { ProblemError } from '@harbor/shared-runtime/problems'

/** The forms of a result that Yoga makes; which of them it can be depends on the operation. */
const RESULT_TYPES = [
  'application/graphql-response+json',
  'application/json',
  'text/event-stream',
  'multipart/mixed',
] as const

/** What Yoga reads correctly by itself. */
const PLAIN: ReadonlySet<string | null> = new Set([null, '*/*', ...RESULT_TYPES])

/**
 * The request with its `Accept` header reduced to the types that it allows, the preferred one first: Yoga knows
 * neither weights nor what is refused.
 * @throws {ProblemError} `NOT_ACCEPTABLE`
 */
export function acceptable(request: Request): Request {
  const accept = request.headers.get('accept')
  if (PLAIN.has(accept)) return request
  const accepted = acceptedMediaTypes(accept, RESULT_TYPES)
  if (accepted.length === 0) throw new ProblemError('NOT_ACCEPTABLE', `Allowed: ${RESULT_TYPES.join(', ')}.`)
  const headers = new Headers(request.headers)
  headers.set('accept', accepted.join(', '))
  return new Request(request, { headers })
}
