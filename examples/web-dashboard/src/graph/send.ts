import { Problem } from './problem.ts'

/** Milliseconds after which a silent server counts as unreachable. */
const ANSWER_MS = 20_000

/** Says that a page of ours asks: no other site can send this header. */
export const HEADERS = { 'x-csrf': '1', accept: 'application/graphql-response+json, application/json;q=0.9' }

type Sent = { readonly body?: unknown; readonly method?: 'GET' | 'POST'; readonly signal?: AbortSignal }

/**
 * The body of an answer, and whether its status is a success.
 * @throws when there is no answer in JSON within 20 s
 */
export async function send(path: string, { body, method = 'GET', signal }: Sent = {}) {
  const timeout = AbortSignal.timeout(ANSWER_MS)
  const answer = await fetch(path, {
    method,
    headers: { ...HEADERS, ...(body !== undefined && { 'content-type': 'application/json' }) },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const json: unknown = await answer.json()
  return { ok: answer.ok, json, traceId: answer.headers.get('x-trace-id') ?? undefined }
}

/**
 * The body of a successful answer.
 * @throws {Problem} for any other, in the words of the BFF
 */
export async function sendForJson(path: string, sent?: Sent): Promise<unknown> {
  const { ok, json, traceId } = await send(path, sent)
  if (ok) return json
  const { title, code, retryable } = fieldsOf(json)
  throw new Problem({
    title: typeof title === 'string' ? title : 'Something went wrong.',
    code: typeof code === 'string' ? code : 'UNKNOWN',
    retryable: retryable === true,
    traceId,
  })
}

/** The fields of a JSON object; none of anything else. */
export const fieldsOf = (json: unknown): Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null ? { ...json } : {}
