import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { type Caller, mayChange, mayCheckOut, maySee } from './auth.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One call to a route, its credential verified. */
export type Call = {
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  body: unknown
  caller: Caller
  idempotencyKey: string | undefined
  /** Conditional request headers, as they were sent (RFC 9110, 13.1). */
  preconditions: Readonly<Record<'ifMatch' | 'ifNoneMatch' | 'ifUnmodifiedSince', string | undefined>>
}

/** A route as data: where, and what is answered (200 with JSON, or a `Reply`). */
export type Route = { method: Method; path: string; handle: (call: Call) => unknown }

/** A domain service over HTTP: its routes. */
export type Routes = readonly Route[]

/** An answer with another status than 200. */
export class Reply {
  readonly status: ContentfulStatusCode
  readonly body: unknown

  constructor(status: ContentfulStatusCode, body: unknown) {
    this.status = status
    this.body = body
  }
}

/** A refusal, answered as `{ error: { code, message } }`. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode
  readonly code: string

  constructor(status: ContentfulStatusCode, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const notFound = (what: string): Refusal => new Refusal(404, 'NOT_FOUND', `no such ${what}`)
export const invalid = (message: string): Refusal => new Refusal(400, 'INVALID_ARGUMENT', message)

export const get = (path: string, handle: (call: Call) => unknown): Route => ({ method: 'GET', path, handle })
export const del = (path: string, handle: (call: Call) => unknown): Route => ({
  method: 'DELETE',
  path,
  handle,
})

const withBody =
  (method: Method) =>
  <T>(path: string, body: z.ZodType<T>, handle: (body: T, call: Call) => unknown): Route => ({
    method,
    path,
    handle: (call) => handle(parse(body, call.body), call),
  })

export const post = withBody('POST')
export const put = withBody('PUT')
export const patch = withBody('PATCH')

/** The value as the schema wants it. @throws {Refusal} 400, naming the field */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error))
  return parsed.data
}

const MAX_IDS = 100

/** The ids of a comma-separated parameter, each once; `undefined` when it is not there. */
export function optionalIds({ query }: Call, name: string): string[] | undefined {
  const value = query.get(name)
  if (value === null) return undefined
  const ids = [...new Set(value.split(',').filter(Boolean))]
  if (ids.length > MAX_IDS) throw invalid(`${name}: at most ${MAX_IDS} a call`)
  return ids
}

/** The same for a parameter that must be there. */
export function requiredIds(call: Call, name: string): string[] {
  const ids = optionalIds(call, name)
  if (!ids) throw invalid(`${name} is missing`)
  return ids
}

/** `limit`, between 1 and `max`. */
export function limitOf(
  { query }: Pick<Call, 'query'>,
  { usual, max }: { usual: number; max: number },
): number {
  const value = query.get('limit')
  if (value === null) return usual
  if (!/^\d{1,6}$/.test(value) || Number(value) < 1 || Number(value) > max)
    throw invalid(`limit: 1 to ${max}`)
  return Number(value)
}

/**
 * Answers in an order that has nothing to do with that of the ids: a caller that joins by position is wrong
 * from the first call on, and not only on a bad day.
 */
export function inAnyOrder<T>(items: readonly T[]): T[] {
  const middle = Math.ceil(items.length / 2)
  return [...items.slice(middle), ...items.slice(0, middle)].reverse()
}

/** Refuses what is another person's as if it were not there. @throws {Refusal} 404 */
export function requireOwn({ caller }: Call, customerId: string, what: string): void {
  if (!maySee(caller, customerId)) throw notFound(what)
}

/** The same for what changes it. @throws {Refusal} 404 */
export function requireMayChange({ caller }: Call, customerId: string, what: string): void {
  if (!mayChange(caller, customerId)) throw notFound(what)
}

/** The same for the calls of a checkout. @throws {Refusal} 404 */
export function requireMayCheckOut({ caller }: Call, customerId: string, what: string): void {
  if (!mayCheckOut(caller, customerId)) throw notFound(what)
}

/** Lists over all customers are for staff. @throws {Refusal} 404 */
export function requireStaff({ caller }: Call): void {
  if (!caller.isClient && !caller.roles.includes('staff')) throw notFound('list')
}
