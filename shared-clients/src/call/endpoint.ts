import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Precondition } from '@harbor/shared-runtime/writes/precondition'
import type { z } from 'zod'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One endpoint of an HTTP service: where it is and what it answers. */
export type Endpoint<T> = {
  readonly method: Method
  /** With `{name}` where a parameter goes; also the endpoint's name in logs and metrics. */
  readonly path: string
  /** Fields that it does not name are dropped; another type is an `invalid_answer`. */
  readonly answer: z.ZodType<T>
  /** It names one thing of one customer: a 403 says whose it is not, and that is "not found" to the caller. */
  readonly owned?: true
}

/** What a call adds to its endpoint. */
export type Arguments = {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** For a POST that may be repeated: the upstream answers the same to the same key. */
  readonly idempotencyKey?: string
  /** The upstream does it only while the thing is as the caller saw it; else `precondition_failed`. */
  readonly precondition?: Precondition | undefined
  /** Its answer must not be older than the call: it does not share one that is on its way. */
  readonly alone?: boolean
  /** Milliseconds; the client's own timeout when not given. */
  readonly timeoutMs?: number
}

const endpoint =
  (method: Method) =>
  <T>(path: string, answer: z.ZodType<T>): Endpoint<T> => ({ method, path, answer })

export const get = endpoint('GET')
/** Reads one thing that belongs to a customer, by an id that may be anybody's. */
export const getOwned = <T>(path: string, answer: z.ZodType<T>): Endpoint<T> => ({
  ...get(path, answer),
  owned: true,
})
export const post = endpoint('POST')
export const put = endpoint('PUT')
export const patch = endpoint('PATCH')
export const del = endpoint('DELETE')

/**
 * The request target of a call: parameters encoded, query parameters without a value left out.
 * @throws {UpstreamError} `rejected` for a parameter that would change the path
 */
export function target(
  upstream: string,
  path: string,
  { path: parameters = {}, query = {} }: Arguments,
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name]
    if (value === undefined) throw new TypeError(`${path}: the parameter ${name} is missing`)
    // Dots stay dots when encoded, and `/products/..` is another endpoint.
    if (/^\.{0,2}$/.test(value) || !value.isWellFormed())
      throw new UpstreamError(upstream, 'rejected', `${path}: the parameter ${name} cannot be sent`)
    return encodeURIComponent(value)
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? filled : `${filled}?${search}`
}
