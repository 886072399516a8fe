import type { Scope, Viewer } from '@harbor/shared-runtime/auth'
import type { ProblemCode } from '@harbor/shared-runtime/problems'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { Precondition } from '@harbor/shared-runtime/writes/precondition'
import { z } from 'zod'
import { validated } from '../http/validated.ts'
import type { Deprecated } from './deprecation.ts'
import type { Kit } from './kit.ts'
import type { Target } from './write-precondition.ts'

/** What an action may use, whatever it was asked. */
type Use<K extends Kit> = K['tools'] & {
  clients: K['clients']
  /** The customer whose token the request carries. */
  viewer: Viewer
  context: RequestContext
  /**
   * For the upstreams' idempotency: the same at every try of this write. An action may be tried again after it has
   * had its effect, so whatever it writes goes under this key.
   */
  key: string
  /** What a service has to check in the same step as the write, for a target that has revisions. */
  precondition: Precondition | undefined
  /** Milliseconds after which this process counts as dead, when nobody has heard of it. */
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
  /** Goes up with every change of the view. */
  version: number
  /** Shipped apps still use it; new ones are told where to go instead, and until when it is there. */
  deprecated?: Deprecated
  /** What it may answer beside the problems that every action has. */
  problems?: readonly ProblemCode[]
  /** A customer whose token has all of these scopes; nobody writes without one. */
  access: readonly [Scope, ...Scope[]]
  /** What it changes, for `If-Match` and its like. */
  target: Target
  /** The revision of the target after the write, for its `ETag`. */
  revision?: (result: Result) => number
  /** 200 when not given. */
  status?: Status
  /** Milliseconds within which the app has its answer, whatever the services do. */
  budgetMs: number
  params?: Params
  /** Strict: a field that is not known is a mistake that the app should hear of. */
  body?: Body
  /** What it has to know first is read `beforeWriting`, so that a failure of that leaves the app's key free. */
  run: (input: Input<K, z.output<Params>, z.output<Body>>) => Promise<Result>
  /** The allow-list: what it does not name never leaves. */
  view: View
  project: (result: Result, format: K['format']) => z.input<View>
}

/** What an action is asked for: input as it came, not yet validated. */
type ActionRequest = { params: Readonly<Record<string, string>>; body: unknown }

/** A valid request for an action, ready to be run once or more. */
type Prepared<K extends Kit> = {
  /** The same for the same request, however it was written. */
  readonly fingerprint: string
  run(use: Use<K>, format: K['format']): Promise<Done>
}

/** What a write answers: the body, and the revision of what it has changed. */
export type Done = { readonly body: string; readonly revision: number | undefined }

/** One write. Its path, input and answer are known to the app as types. */
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
  /** None: the request has no body, and one that is sent is not read. */
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
 * Declares an action: what it takes, what it does, what it answers. It is run under an idempotency key: once, or
 * again when its outcome is not known.
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
