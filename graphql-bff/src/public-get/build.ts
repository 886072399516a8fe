import type { Built } from '@harbor/shared-edge/caching/kept-answers'
import { PROBLEMS, type ProblemCode, ProblemError } from '@harbor/shared-runtime/problems'
import { z } from 'zod'
import type { RequestState } from '../context.ts'

/** What executes an operation over HTTP. */
export type Execute = (request: Request, state: RequestState) => Response | Promise<Response>

type Asked = {
  readonly hash: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly mediaType: string
  readonly locale: string
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal
}

/** An answer without data: nothing to keep, and sent as it is. */
export class Refused extends ProblemError {
  readonly response: { readonly status: number; readonly text: string; readonly headers: Headers }
  constructor(code: ProblemCode, response: Refused['response']) {
    super(code)
    this.response = response
  }
}

const Result = z.object({
  errors: z
    .array(z.object({ extensions: z.object({ code: z.string() }) }))
    .min(1)
    .optional(),
  extensions: z.object({ degraded: z.array(z.string()) }).optional(),
})

/**
 * The answer to everybody: executed as any other operation is, but by nobody, whoever asks.
 * @throws {Refused} where there is no data
 */
export async function build(execute: Execute, asked: Asked, state: RequestState): Promise<Built> {
  const { hash, variables, mediaType, locale, signal } = asked
  const tags = new Set<string>()
  const request = new Request('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: mediaType, 'accept-language': locale },
    body: JSON.stringify({ documentId: `sha256:${hash}`, variables }),
    signal,
  })
  const response = await execute(request, { ...state, tags })
  const text = await response.text()
  const { errors, extensions } = Result.parse(JSON.parse(text))
  const [first] = errors ?? []
  if (!response.ok)
    throw new Refused(codeOf(first?.extensions.code), {
      status: response.status,
      text,
      headers: response.headers,
    })
  const degraded = first ? (extensions?.degraded ?? [first.extensions.code]) : []
  return { bytes: Buffer.from(text), degraded, tags: [...tags] }
}

const isCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code)
const codeOf = (code = 'INTERNAL'): ProblemCode => (isCode(code) ? code : 'INTERNAL')
