import type { Checkout } from '@harbor/shared-checkout'
import type { AnalyticsQueue, Clients, Precondition } from '@harbor/shared-clients'
import type { Scope, Viewer } from '@harbor/shared-runtime/auth'
import type { ProblemCode } from '@harbor/shared-runtime/problems'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import { z } from 'zod'
import type { Deprecated } from './deprecation.ts'
import type { Format } from './format/index.ts'
import { validated } from './validated.ts'
import type { Target } from './write-precondition.ts'

/** What an action may use beside the clients of its request. */
export type ActionTools = {
  readonly checkout: Checkout
  readonly analytics: AnalyticsQueue
}

type Input<Params, Body> = ActionTools & {
  clients: Clients
  /** The customer whose token the request carries. */
  viewer: Viewer
  context: RequestContext
  params: Params
  body: Body
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

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

type Definition<
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
  run: (input: Input<z.output<Params>, z.output<Body>>) => Promise<Result>
  /** The allow-list: what it does not name never leaves. */
  view: View
  project: (result: Result, format: Format) => z.input<View>
}

/** What an action is asked for: input as it came, not yet validated. */
type ActionRequest = { params: Readonly<Record<string, string>>; body: unknown }

/** A valid request for an action, ready to be run once or more. */
type Prepared = {
  /** The same for the same request, however it was written. */
  readonly fingerprint: string
  run(use: Omit<Input<unknown, unknown>, 'params' | 'body'>, format: Format): Promise<Done>
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
  prepare(request: ActionRequest): Prepared
}

const NOTHING = z.object({})

/**
 * Declares an action: what it takes, what it does, what it answers. It is run under an idempotency key: once, or
 * again when its outcome is not known.
 */
export function defineAction<
  const M extends Method,
  const Path extends string,
  Result,
  View extends z.ZodObject,
  Status extends 200 | 201 = 200,
  Params extends z.ZodObject = typeof NOTHING,
  Body extends z.ZodObject = typeof NOTHING,
>(
  definition: Definition<M, Path, Status, Params, Body, Result, View>,
): Action<M, Path, Status, Params, Body, View> {
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
