import type { Scope, Viewer } from '@harbor/shared-runtime/auth'
import type { ProblemCode } from '@harbor/shared-runtime/problems'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { Precondition } from '@harbor/shared-runtime/writes/precondition'
import { z } from 'zod'
import { validated } from '../http/validated.ts'
import type { Deprecated } from './deprecation.ts'
import type { Kit } from './kit.ts'
import type { Target } from './write-precondition.ts'

/** Tools of an action beside its input. */
type Use<K extends Kit> = K['tools'] & {
  clients: K['clients']
  /** The customer whose token the request carries. */
  viewer: Viewer
  context: RequestContext
  /**
   * Idempotency key for upstreams: the same at every attempt of this write. An action may run again after it has taken
   * effect, so all its writes use this key.
   */
  key: string
  /** Conditions that a service must check atomically with the write, for a target with revisions. */
  precondition: Precondition | undefined
  /** Milliseconds after which this process counts as dead if it has not finished. */
  leaseMs: number
}

type Input<K extends Kit, Params, Body> = Use<K> & { params: Params; body: Body }

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

type Definition<
  K extends Kit,
  M extends Method,
  Path extends string,
  Status extends 200 | 201,
  Params extends z.ZodObject,
  Body extends z.ZodObject,
  Result,
  View extends z.ZodObject,
> = {
  name: string
  method: M
  /** With `{name}` where a parameter goes. */
  path: Path
  summary: string
  /** Increases with every change of the view. */
  version: number
  /** Shipped apps still use it; its answers name the successor and the date of removal. */
  deprecated?: Deprecated
  /** Problems that it may answer beside those of every action. */
  problems?: readonly ProblemCode[]
  /** The scopes that the customer's token must have; every write needs one. */
  access: readonly [Scope, ...Scope[]]
  /** What it changes, for `If-Match` and similar headers. */
  target: Target
  /** The revision of the target after the write, for its `ETag`. */
  revision?: (result: Result) => number
  /** 200 when not given. */
  status?: Status
  /** Milliseconds in which the app should have its answer, whatever the services do. */
  budgetMs: number
  params?: Params
  /** Strict: an unknown field is reported to the app as an error. */
  body?: Body
  /** Reads before the write use `beforeWriting`, so that their failure leaves the idempotency key free. */
  run: (input: Input<K, z.output<Params>, z.output<Body>>) => Promise<Result>
  /** The allow-list: fields that it does not name are never sent. */
  view: View
  project: (result: Result, format: K['format']) => z.input<View>
}

/** The raw input of an action, not yet validated. */
type ActionRequest = { params: Readonly<Record<string, string>>; body: unknown }

/** A valid request for an action, ready to run once or more. */
type Prepared<K extends Kit> = {
  /** Canonical form: equal for equal requests, whatever their spelling. */
  readonly fingerprint: string
  run(use: Use<K>, format: K['format']): Promise<Done>
}

/** The answer of a write: the body, and the new revision of its target. */
export type Done = { readonly body: string; readonly revision: number | undefined }

/** One write. The app knows its path, input and answer as types. */
export type Action<
  M extends Method = Method,
  Path extends string = string,
  Status extends 200 | 201 = 200 | 201,
  Params extends z.ZodObject = z.ZodObject,
  Body extends z.ZodObject = z.ZodObject,
  View extends z.ZodObject = z.ZodObject,
  K extends Kit = Kit,
> = {
  readonly name: string
  readonly method: M
  readonly path: Path
  readonly summary: string
  readonly version: number
  readonly deprecated?: Deprecated
  readonly problems?: readonly ProblemCode[]
  readonly access: readonly [Scope, ...Scope[]]
  readonly target: Target
  readonly status: Status
  readonly budgetMs: number
  readonly params: Params
  /** Without it the request has no body, and a body that is sent is not read. */
  readonly body: Body | undefined
  readonly view: View
  /** @throws {ProblemError} `INVALID_REQUEST` */
  prepare(request: ActionRequest): Prepared<K>
}

/** `defineAction` for the actions of one BFF. */
export type DefineAction<K extends Kit> = <
  const M extends Method,
  const Path extends string,
  Result,
  View extends z.ZodObject,
  Status extends 200 | 201 = 200,
  Params extends z.ZodObject = typeof NOTHING,
  Body extends z.ZodObject = typeof NOTHING,
>(
  definition: Definition<K, M, Path, Status, Params, Body, Result, View>,
) => Action<M, Path, Status, Params, Body, View, K>

const NOTHING = z.object({})

/**
 * Declares an action: its input, effect and answer. It runs under an idempotency key: once, or again when its outcome
 * is unknown.
 */
export function defineAction<
  K extends Kit,
  const M extends Method,
  const Path extends string,
  Result,
  View extends z.ZodObject,
  Status extends 200 | 201 = 200,
  Params extends z.ZodObject = typeof NOTHING,
  Body extends z.ZodObject = typeof NOTHING,
>(
  definition: Definition<K, M, Path, Status, Params, Body, Result, View>,
): Action<M, Path, Status, Params, Body, View, K> {
  const { run, project, revision, status = 200 as Status, view, ...rest } = definition
  const paramsSchema = definition.params ?? (NOTHING as Params)
  const bodySchema = definition.body ?? (NOTHING as Body)
  return {
    ...rest,
    status,
    view,
    params: paramsSchema,
    body: definition.body,
    prepare(request) {
      const params = validated('path', paramsSchema, request.params) as z.output<Params>
      const body = validated('body', bodySchema, definition.body ? request.body : {}) as z.output<Body>
      return {
        fingerprint: JSON.stringify([params, body]),
        async run(use, format) {
          const result = await run({ ...use, params, body })
          const answer = JSON.stringify(view.parse(project(result, format)))
          return { body: answer, revision: revision?.(result) }
        },
      }
    },
  }
}
