import { extendZodWithOpenApi, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi'
import { CHECKOUT_REASONS } from '@harbor/shared-checkout'
import { FORMATS } from '@harbor/shared-edge/representation/media-types'
import type { Deprecated } from '@harbor/shared-edge/rest/deprecation'
import { IDEMPOTENCY_KEY } from '@harbor/shared-edge/rest/idempotency-key'
import type { Target } from '@harbor/shared-edge/rest/write-precondition'
import { LOCALES } from '@harbor/shared-runtime/locale'
import { PROBLEMS, type ProblemCode } from '@harbor/shared-runtime/problems'
import { z } from 'zod'

// Before the first schema that is registered by name is made.
extendZodWithOpenApi(z)

const text = { type: 'string' } as const

/** Headers of answers. */
const HEADERS = {
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

const headerRefs = (names: readonly HeaderName[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

type Announced = { readonly deprecated?: Deprecated; readonly target?: Target }

const answerHeaders = (own: readonly HeaderName[], { deprecated }: Announced) =>
  headerRefs([...own, ...ALWAYS, ...(deprecated ? DEPRECATED : [])])

/** Of a 200 and a 304. */
export const screenHeaders = (screen: Announced) => answerHeaders(OF_A_SCREEN, screen)
export const actionHeaders = (action: Announced) =>
  answerHeaders(action.target === 'revisioned' ? [...OF_AN_ACTION, 'ETag'] : OF_AN_ACTION, action)

const PARAMETERS = {
  AcceptLanguage: {
    name: 'Accept-Language',
    description: 'Language of labels and of money: en, de, fr, ja; en for any other',
    example: 'de',
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    description: 'ETags of the answers that the app has: a 304 when one of them is still right',
    example: '"q1w2e3"',
  },
  IfMatch: {
    name: 'If-Match',
    description:
      'ETags of the cart (of `/v1/cart`, or of a write to it): done only while one of them is right, else 412',
    example: '"7"',
  },
  AppVersion: {
    name: 'App-Version',
    description: 'Which app asks, as name/version (ios, android or web)',
    example: 'harbor/3.2.1 (ios)',
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    description:
      'New for each thing that is to be done, the same for every repetition; remembered for 24 hours',
    example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
    required: true,
    schema: { ...text, pattern: IDEMPOTENCY_KEY.source },
  },
  Locale: {
    name: 'locale',
    in: 'query',
    description: 'Instead of Accept-Language: then caches may keep the answer for everybody',
    schema: { ...text, enum: LOCALES.slice() },
  },
  Format: {
    name: 'format',
    in: 'query',
    description: 'Instead of Accept: then caches may keep the answer for everybody',
    schema: { ...text, enum: Object.keys(FORMATS) },
  },
} as const

const parameterRefs = (names: readonly (keyof typeof PARAMETERS)[]) =>
  names.map((name) => ({ $ref: `#/components/parameters/${name}` }))

export const SCREEN_PARAMETERS = parameterRefs([
  'Locale',
  'Format',
  'AcceptLanguage',
  'IfNoneMatch',
  'AppVersion',
])
export const CART_PARAMETERS = parameterRefs(['IdempotencyKey', 'IfMatch', 'AcceptLanguage', 'AppVersion'])
export const ACTION_PARAMETERS = parameterRefs(['IdempotencyKey', 'AcceptLanguage', 'AppVersion'])

const REASONS = Object.entries(CHECKOUT_REASONS)
  .map(([reason, meaning]) => `${reason} (${meaning})`)
  .join(', ')

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    // Not an enum: an app that knows all the codes of today must survive that of tomorrow.
    code: z.string().meta({
      description: `Stable. Today: ${Object.keys(PROBLEMS).join(', ')}; later ones may come, with their status and \`retryable\``,
    }),
    retryable: z.boolean(),
    traceId: z.string(),
    reason: z
      .string()
      .optional()
      .describe(`With CHECKOUT_REFUSED and CHECKOUT_CONFLICT, stable like the code. Today: ${REASONS}`),
    updateUrl: z.string().optional().describe('With APP_TOO_OLD: where a newer version is to be had'),
  })
  .meta({ id: 'Problem' })

/** A registry with everything that more than one route refers to. */
export function createRegistry(): OpenAPIRegistry {
  const registry = new OpenAPIRegistry()
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of the customer, with the scopes that the route names',
  })
  registry.registerComponent('securitySchemes', 'dpop', {
    type: 'http',
    scheme: 'dpop',
    description:
      'An access token that is bound to a key, with a proof of that key in the DPoP header (RFC 9449)',
  })
  registry.register('Problem', Problem)
  for (const [name, header] of Object.entries(HEADERS))
    registry.registerComponent('headers', name, { schema: text, ...header })
  for (const [name, parameter] of Object.entries(PARAMETERS))
    registry.registerComponent('parameters', name, { in: 'header', schema: text, ...parameter })
  return registry
}

/** The answers of a screen that have no body: that of a HEAD, and that of a condition that holds. */
export function withoutBody(registry: OpenAPIRegistry, screen: Announced) {
  const kind = screen.deprecated ? 'OfDeprecated' : ''
  const headers = screenHeaders(screen)
  const shared = (name: string, description: string) => {
    registry.registerComponent('responses', `${name}${kind}`, { description, headers })
    return { $ref: `#/components/responses/${name}${kind}` }
  }
  return {
    known: shared('HeadersAlone', 'The headers of the screen, without it'),
    unchanged: shared('Unchanged', 'What you have (`If-None-Match`) is still right'),
  }
}

/** What an answer may be beside those that are named: codes of later days. */
export const OTHER_PROBLEM = {
  description: 'A problem that is not known today (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

/** What any route may answer, whatever it is for. */
const PROBLEMS_OF_ALL = [
  'INVALID_REQUEST',
  'URL_TOO_LONG',
  'APP_TOO_OLD',
  'RATE_LIMITED',
  'INTERNAL',
  'UPSTREAM_INVALID',
  'UPSTREAM_UNAVAILABLE',
  'OVERLOADED',
  'UPSTREAM_TIMEOUT',
] as const satisfies readonly ProblemCode[]

/**
 * The answers for problems, one a status: routes with the same codes share them.
 * @param codes what the route may answer beside the problems that every route has
 */
export function problemResponses(registry: OpenAPIRegistry, codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy([...codes, ...PROBLEMS_OF_ALL], (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => {
      const name = those.join('-')
      registry.registerComponent('responses', name, problemResponse(those))
      return [status, { $ref: `#/components/responses/${name}` }]
    }),
  )
}

function problemResponse(codes: readonly ProblemCode[]) {
  const retryable = codes.some((code) => PROBLEMS[code].retryable)
  return {
    description: codes.map((code) => `${code}: ${PROBLEMS[code].title}`).join('. '),
    headers: headerRefs(retryable ? ['X-Trace-Id', 'Retry-After'] : ['X-Trace-Id']),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(codes.map((code) => [code, { value: example(code) }])),
      },
    },
  }
}

const example = (code: ProblemCode) => ({
  type: `urn:harbor:problem:${code}`,
  ...PROBLEMS[code],
  code,
  ...(code === 'CHECKOUT_REFUSED' && { reason: 'PAYMENT_DECLINED' }),
  ...(code === 'CHECKOUT_CONFLICT' && { reason: 'IN_CHECKOUT' }),
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
})
