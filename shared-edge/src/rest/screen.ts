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
 * Who may see a screen: everybody, or a customer whose token has all of these scopes. There is no default, so
 * that nobody forgets.
 */
export type Access = 'public' | readonly [Scope, ...Scope[]]

/** Starts a source with the clients for what the answer can do without. */
type Start<K extends Kit, P> = (clients: K['clients']['optional']) => P

type Marks<K extends Kit> = {
  /** A source that the answer can do without: `optional(({ pricing }) => pricing.prices(skus))`. */
  optional: <P>(start: Start<K, P>) => Optional<Awaited<P>>
  /** A source of several, of which at least one must answer. */
  oneOf: <P>(start: Start<K, P>) => OneOf<Awaited<P>>
}

type Asked<K extends Kit, A extends Access, Params, Query> = {
  /** For what the answer cannot do without. */
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
  /** Goes up with every change of the view. */
  version: number
  /** Shipped apps still use it; new ones are told where to go instead, and until when it is there. */
  deprecated?: Deprecated
  /** What it may answer beside the problems that every screen has. */
  problems?: readonly ProblemCode[]
  access: A
  /** Milliseconds within which the app has its answer, whatever the services do. */
  budgetMs: number
  cache: CachePolicy
  params?: Params
  query?: Query
  sources: (input: Asked<K, A, z.output<Params>, z.output<Query>> & Marks<K>) => S
  /** The allow-list: what it does not name never leaves. */
  view: View
  project: (values: Values<S>, format: K['format']) => z.input<View>
  /** The revision of the one thing that it shows and that writes change: its ETag begins with it. */
  revision?: (values: Values<S>) => number
  /**
   * What an answer is made of, as the tags under which its change is told (`entityTags`): a public answer is kept
   * until then. Without it an answer is kept for its time.
   */
  tags?: (values: Values<S>) => readonly string[]
}

/** What a screen is asked for: input as it came, not yet validated. */
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

/** One read endpoint, shaped for one view of the app. Its path, input and view are known to the app as types. */
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
   * Path and query of what is asked for, the same however it was written: parameters in the order of the schema,
   * defaults and what the screen does not know left out.
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

/** The mark hands over the client, so that no optional source can be asked of the others by mistake. */
const marksFor = <K extends Kit>(clients: K['clients']): Marks<K> => ({
  optional: (start) => optional(Promise.try(start, clients.optional)),
  oneOf: (start) => oneOf(Promise.try(start, clients.optional)),
})

/**
 * Declares a screen: what it needs, what it shows, how long it may be kept. It reads top to bottom: input
 * validated, sources fetched side by side within the budget, projected, cut to the view.
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
