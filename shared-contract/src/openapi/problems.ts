import { extendZodWithOpenApi, type OpenAPIRegistry } from '@asteasolutions/zod-to-openapi'
import { PROBLEMS, type ProblemCode } from '@harbor/shared-runtime/problems'
import { z } from 'zod'
import type { ApiText } from '../api.ts'
import { headerRefs } from './headers.ts'

// Before the first schema that is registered by name is made.
extendZodWithOpenApi(z)

/** The schema of every problem of an API (RFC 9457). */
export const problemSchema = ({ reasons, reasonExamples }: ApiText) => {
  const codes = Object.keys(reasonExamples).join(' and ')
  const today = Object.entries(reasons)
    .map(([reason, meaning]) => `${reason} (${meaning})`)
    .join(', ')
  return z
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
      ...(codes !== '' && {
        reason: z.string().optional().describe(`With ${codes}, stable like the code. Today: ${today}`),
      }),
      updateUrl: z.string().optional().describe('With APP_TOO_OLD: where a newer version is to be had'),
    })
    .meta({ id: 'Problem' })
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
export function problemResponses(registry: OpenAPIRegistry, text: ApiText, codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy([...codes, ...PROBLEMS_OF_ALL], (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => {
      const name = those.join('-')
      registry.registerComponent('responses', name, problemResponse(text, those))
      return [status, { $ref: `#/components/responses/${name}` }]
    }),
  )
}

function problemResponse(text: ApiText, codes: readonly ProblemCode[]) {
  const retryable = codes.some((code) => PROBLEMS[code].retryable)
  return {
    description: codes.map((code) => `${code}: ${PROBLEMS[code].title}`).join('. '),
    headers: headerRefs(retryable ? ['X-Trace-Id', 'Retry-After'] : ['X-Trace-Id']),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(codes.map((code) => [code, { value: example(text, code) }])),
      },
    },
  }
}

const example = ({ reasonExamples }: ApiText, code: ProblemCode) => ({
  type: `urn:harbor:problem:${code}`,
  ...PROBLEMS[code],
  code,
  ...(reasonExamples[code] !== undefined && { reason: reasonExamples[code] }),
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
})
