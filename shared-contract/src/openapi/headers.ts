import type { Deprecated } from '@harbor/shared-edge/rest/deprecation'
import type { Target } from '@harbor/shared-edge/rest/write-precondition'

/** Headers of answers. */
export const HEADERS = {
  ETag: { description: 'Validator of this answer, for `If-None-Match`', required: true, example: '"q1w2e3"' },
  'Cache-Control': {
    description: 'How long it may be kept, and by whom; `no-store` when it is degraded',
    required: true,
    example: 'private, max-age=30',
  },
  'Schema-Version': {
    description: 'Version of the view; goes up with every field that is added',
    required: true,
    example: '1',
  },
  Vary: {
    description: 'Headers of the request on which the answer depends',
    example: 'Authorization, Accept-Language',
  },
  'X-Trace-Id': { description: 'Finds this request in logs and traces', required: true },
  'Server-Timing': { description: 'Milliseconds that it took', example: 'total;dur=41.2' },
  'X-Degraded': {
    description: 'The optional parts that are not available now, as in the body',
    example: 'recommendations',
  },
  RateLimit: {
    description: 'What is left of the limit, and when it is whole again',
    example: '"app";r=41;t=12',
  },
  'RateLimit-Policy': { description: 'The limit and its window in seconds', example: '"app";q=60;w=60' },
  'Retry-After': { description: 'Seconds after which a retry makes sense', example: '1' },
  Deprecation: {
    description: 'Since when it is deprecated (RFC 9745)',
    required: true,
    example: '@1793491200',
  },
  Sunset: {
    description: 'When it goes away (RFC 8594)',
    required: true,
    example: 'Mon, 01 Nov 2027 00:00:00 GMT',
  },
  'Idempotency-Replayed': {
    description: '`true`: it was done before, under this Idempotency-Key, and this is what was answered then',
    example: 'true',
  },
  Link: { description: 'Its successor (`successor-version`) and why (`deprecation`)', required: true },
} as const

type HeaderName = keyof typeof HEADERS

/** On what every route answers when all is well. */
const ALWAYS = [
  'Cache-Control',
  'Schema-Version',
  'X-Trace-Id',
  'Server-Timing',
  'RateLimit',
  'RateLimit-Policy',
] as const
const OF_A_SCREEN = ['ETag', 'Vary', 'X-Degraded'] as const
const OF_AN_ACTION = ['Idempotency-Replayed'] as const
const DEPRECATED = ['Deprecation', 'Sunset', 'Link'] as const

/** References to headers of answers, by their names. */
export const headerRefs = (names: readonly HeaderName[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

export type Announced = { readonly deprecated?: Deprecated; readonly target?: Target }

const answerHeaders = (own: readonly HeaderName[], { deprecated }: Announced) =>
  headerRefs([...own, ...ALWAYS, ...(deprecated ? DEPRECATED : [])])

/** Of a 200 and a 304. */
export const screenHeaders = (screen: Announced) => answerHeaders(OF_A_SCREEN, screen)
export const actionHeaders = (action: Announced) =>
  answerHeaders(action.target === 'revisioned' ? [...OF_AN_ACTION, 'ETag'] : OF_AN_ACTION, action)
