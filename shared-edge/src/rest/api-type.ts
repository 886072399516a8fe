import type { PROBLEMS, ProblemCode } from '@harbor/shared-runtime/problems'
import type { Hono } from 'hono'
import type { BlankEnv } from 'hono/types'
import type { z } from 'zod'

/** The body of an error for the app (RFC 9457). */
export type Problem = {
  type: string
  title: string
  status: number
  detail?: string
  /** One of the current codes; later ones may be added, with their `retryable`. */
  code: ProblemCode | (string & {})
  retryable: boolean
  traceId: string
  /** With `CHECKOUT_REFUSED` and `CHECKOUT_CONFLICT`: the specific case. */
  reason?: string
  /** With `APP_TOO_OLD`: where to get a newer version. */
  updateUrl?: string
}

type ProblemStatus = (typeof PROBLEMS)[ProblemCode]['status']

/** The part of a route's declaration that the app can know. */
type Route = {
  readonly method: string
  readonly path: string
  readonly params: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodObject | undefined
  readonly view: z.ZodObject
  readonly status?: 200 | 201
}

/** Distributes over a union, which keeps each route's own path with its own view. */
type AsScreen<S> = S extends unknown ? Omit<S, 'method'> & { method: 'GET' } : never

/** `/v1/products/{id}` → `/v1/products/:id`, as Hono writes it. */
type HonoPath<P extends string> = P extends `${infer Before}{${infer Name}}${infer After}`
  ? `${Before}:${Name}${HonoPath<After>}`
  : P

/** In a URL every value is text; a number may be passed as one. */
type InUrl<Input> = { [K in keyof Input]: unknown extends Input[K] ? string | number : Input[K] }

type Part<Name extends string, Schema> = Schema extends z.ZodObject
  ? keyof z.input<Schema> extends never
    ? unknown
    : Record<never, never> extends InUrl<z.input<Schema>>
      ? { [K in Name]?: InUrl<z.input<Schema>> }
      : { [K in Name]: InUrl<z.input<Schema>> }
  : unknown

type Body<Schema extends z.ZodObject> = [Schema] extends [never]
  ? unknown
  : Record<never, never> extends z.input<Schema>
    ? unknown
    : { json: z.input<Schema> }

type Input<R extends Route> = Part<'param', R['params']> &
  Part<'query', R['query']> &
  Body<Extract<R['body'], z.ZodObject>>

type Endpoint<R extends Route> =
  | {
      input: Input<R>
      output: z.output<R['view']>
      outputFormat: 'json'
      status: R['status'] extends 200 | 201 ? R['status'] : 200
    }
  | { input: Input<R>; output: Problem; outputFormat: 'json'; status: ProblemStatus }

type Methods<R extends Route> = {
  [M in R['method'] as `$${Lowercase<M>}`]: Endpoint<Extract<R, { method: M }>>
}

/** Routes as a schema of Hono: path → method → input, and output by status. */
export type ApiOf<R extends Route> = Hono<
  BlankEnv,
  { [P in R['path'] as HonoPath<P>]: Methods<Extract<R, { path: P }>> },
  '/'
>

/**
 * Everything that a BFF serves, as a type: `hc<RestClient<typeof SCREENS, typeof ACTIONS>>(address)` is a client that
 * knows every path, parameter and answer. The app is built in a loop over data, where Hono sees no types; here they
 * come from the same data. Actions name their method themselves.
 */
export type RestClient<Screens extends readonly unknown[], Actions extends readonly Route[]> = ApiOf<
  Extract<AsScreen<Screens[number]> | Actions[number], Route>
>
