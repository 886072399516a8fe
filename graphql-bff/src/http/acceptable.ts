import { acceptedMediaTypes } from '@harbor/shared-edge/negotiation'
import { ProblemError } from '@harbor/shared-runtime/problems'

const JSON_TYPES = ['application/graphql-response+json', 'application/json'] as const
/** For results in parts; Yoga can send every result so, but a consumer that did not name them expects JSON. */
const STREAM_TYPES = ['text/event-stream', 'multipart/mixed'] as const

const RESULT_TYPES = [...JSON_TYPES, ...STREAM_TYPES]

/** What Yoga reads correctly by itself. */
const PLAIN: ReadonlySet<string | null> = new Set([null, '*/*', ...RESULT_TYPES])

/**
 * The request with its `Accept` header reduced to what Yoga is to choose from, the preferred type first: Yoga knows
 * neither weights nor what is refused, and takes JSON whenever it is there. A stream that the header names with a
 * greater weight than JSON is all that is left; one that only a range allows comes after JSON.
 * @throws {ProblemError} `NOT_ACCEPTABLE`
 */
export function acceptable(request: Request): Request {
  const accept = request.headers.get('accept')
  if (PLAIN.has(accept)) return request
  const types = chosen(accept ?? '')
  if (types.length === 0) throw new ProblemError('NOT_ACCEPTABLE', `Allowed: ${RESULT_TYPES.join(', ')}.`)
  const headers = new Headers(request.headers)
  headers.set('accept', types.join(', '))
  return new Request(request, { headers })
}

function chosen(accept: string): readonly string[] {
  const accepted = acceptedMediaTypes(accept, RESULT_TYPES)
  const isJson = (type: string) => JSON_TYPES.some((json) => json === type)
  const firstJson = accepted.findIndex(isJson)
  const named = accepted.slice(0, firstJson).filter((type) => accept.toLowerCase().includes(type))
  if (firstJson > 0 && named.length > 0) return named
  return [...accepted.filter(isJson), ...accepted.filter((type) => !isJson(type))]
}
