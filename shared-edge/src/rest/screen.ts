import type { Scope, Viewer } from '@harbor/shared-runtime/auth'
import {
  fanOut,
  type OneOf,
  type Optional,
  oneOf,
  optional,
  type Sources,
  type Values,
} from '@harbor/shared-runtime/fan-out'
import type { ProblemCode } from '@harbor/shared-runtime/problems'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import { z } from 'zod'
import type { CachePolicy } from '../caching/cache-policy.ts'
import { withQuery } from '../http/query.ts'
import { validated } from '../http/validated.ts'
import type { Deprecated } from './deprecation.ts'
import type { Kit } from './kit.ts'

/**
 * Who may see a screen: everybody, or a customer whose token has all of these scopes. There is no default, so that it
 * cannot be forgotten.
 */
export type Access = 'public' | readonly [Scope, ...Scope[]]

/** Starts a source with the clients for optional calls. */
type Start<K extends Kit, P> = (clients: K['clients']['optional']) => P

type Marks<K extends Kit> = {
  /** A source that the answer can omit: `optional(({ pricing }) => pricing.prices(skus))`. */
  optional: <P>(start: Start<K, P>) => Optional<Awaited<P>>
  /** An optional source in a group of which at least one must answer. */
  oneOf: <P>(start: Start<K, P>) => OneOf<Awaited<P>>
}

type Asked<K extends Kit, A extends Access, Params, Query> = {
  /** Clients for sources that the answer requires. */
  clients: K['clients']
  /** The customer whose token the request carries; a public screen is the same for everybody. */
  viewer: A extends 'public' ? undefined : Viewer
  params: Params
  query: Query
}

type Definition<
  K extends Kit,
  Path extends string,
  A extends Access,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  S extends Sources,
  View extends z.ZodObject,
> = {
  name: string
  /** With `{name}` where a parameter goes. */
  path: Path
  summary: string
  /** Increases with every change of the view. */
  version: number
  /** Shipped apps still use it; its answers name the successor and the date of removal. */
  deprecated?: Deprecated
  /** Problems that it may answer beside those of every screen. */
  problems?: readonly ProblemCode[]
  access: A
  /** Milliseconds in which the app should have its answer, whatever the services do. */
  budgetMs: number
  cache: CachePolicy
  params?: Params
  query?: Query
  sources: (input: Asked<K, A, z.output<Params>, z.output<Query>> & Marks<K>) => S
  /** The allow-list: fields that it does not name are never sent. */
  view: View
  project: (values: Values<S>, format: K['format']) => z.input<View>
  /** The revision of the resource that it shows and that writes change: its ETag starts with it. */
  revision?: (values: Values<S>) => number
  /**
   * Surrogate keys that invalidate this response (`entityTags`): a public answer is stored until one of them is
   * purged. Without it an answer is stored for its max-age.
   */
  tags?: (values: Values<S>) => readonly string[]
}

/** The raw input of a screen, not yet validated. */
type ScreenRequest<K extends Kit> = {
  clients: K['clients']
  context: RequestContext
  params: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  format: K['format']
}

/** A screen's answer. `degraded` names the optional sources that failed; it is in the view, too. */
export type ScreenAnswer = {
  view: object
  tags: readonly string[]
  revision: number | undefined
  degraded: readonly string[]
  failures: ReadonlyMap<string, unknown>
}

/** One read endpoint, shaped for one view of the app. The app knows its path, input and view as types. */
export type Screen<
  Path extends string = string,
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  View extends z.ZodObject = z.ZodObject,
  K extends Kit = Kit,
> = {
  readonly name: string
  readonly path: Path
  readonly summary: string
  readonly version: number
  readonly deprecated?: Deprecated
  readonly problems?: readonly ProblemCode[]
  readonly access: Access
  readonly budgetMs: number
  readonly cache: CachePolicy
  readonly params: Params
  readonly query: Query
  readonly view: View
  /**
   * Canonical path and query of a request: parameters in the order of the schema, without defaults and unknown ones.
   * @throws {ProblemError} `INVALID_REQUEST`
   */
  addressOf(request: Pick<ScreenRequest<K>, 'params' | 'query'>): string
  /**
   * @throws {ProblemError} `INVALID_REQUEST` before any upstream call
   * @throws {UpstreamError} of a critical source
   */
  answer(request: ScreenRequest<K>): Promise<ScreenAnswer>
}

/** `defineScreen` for the screens of one BFF. */
export type DefineScreen<K extends Kit> = <
  const Path extends string,
  const A extends Access,
  S extends Sources,
  View extends z.ZodObject,
  Params extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodObject = typeof NOTHING,
>(
  definition: Definition<K, Path, A, Params, Query, S, View>,
) => Screen<Path, Params, Query, z.ZodObject<View['shape'] & typeof Degraded.shape>, K>

const NOTHING = z.object({})

const Degraded = z.object({
  degraded: z.array(z.string()).describe('The optional parts that are not available now, and are null'),
})

/** The mark passes the clients, so that an optional source cannot use the others by mistake. */
const marksFor = <K extends Kit>(clients: K['clients']): Marks<K> => ({
  optional: (start) => optional(Promise.try(start, clients.optional)),
  oneOf: (start) => oneOf(Promise.try(start, clients.optional)),
})

/**
 * Declares a screen: its sources, its view and its cache policy. Read it top to bottom: input is validated, sources
 * are fetched in parallel within the budget, projected, and cut to the view.
 */
export function defineScreen<
  K extends Kit,
  const Path extends string,
  const A extends Access,
  S extends Sources,
  View extends z.ZodObject,
  Params extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodObject = typeof NOTHING,
>(
  definition: Definition<K, Path, A, Params, Query, S, View>,
): Screen<Path, Params, Query, z.ZodObject<View['shape'] & typeof Degraded.shape>, K> {
  const {
    params = NOTHING as Params,
    query = NOTHING as Query,
    sources,
    project,
    tags,
    revision,
    ...rest
  } = definition
  const view = definition.view.extend(Degraded.shape)
  const defaults = new Map(
    Object.entries(query.shape).map(([name, schema]) => [name, schema.safeParse(undefined).data]),
  )

  return {
    ...rest,
    params,
    query,
    view,
    addressOf(request) {
      const values: Readonly<Record<string, unknown>> = validated('path', params, request.params)
      const path = rest.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values[name])))
      const asked = Object.entries(validated('query', query, request.query))
      return withQuery(
        path,
        asked.filter(([name, value]) => value !== defaults.get(name)),
      )
    },
    async answer(request) {
      const input = {
        clients: request.clients,
        viewer: request.context.viewer,
        params: validated('path', params, request.params),
        query: validated('query', query, request.query),
      } as Asked<K, A, z.output<Params>, z.output<Query>>
      const { values, degraded, failures } = await fanOut(
        sources({ ...input, ...marksFor<K>(request.clients) }),
        request.context,
      )
      const shown = view.parse({ ...project(values, request.format), degraded })
      return { view: shown, tags: tags?.(values) ?? [], revision: revision?.(values), degraded, failures }
    },
  }
}
