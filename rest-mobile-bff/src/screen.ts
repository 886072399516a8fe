import type { Clients } from '@harbor/shared-clients'
import type { Scope, Viewer } from '@harbor/shared-runtime/auth'
import { fanOut, type Sources, type Values } from '@harbor/shared-runtime/fan-out'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import { z } from 'zod'
import type { CachePolicy } from './cache-policy.ts'
import type { Format } from './format/index.ts'

/**
 * Who may see a screen: everybody, or a customer whose token has all of these scopes. There is no default, so
 * that nobody forgets.
 */
export type Access = 'public' | readonly [Scope, ...Scope[]]

type Input<A extends Access, Params, Query> = {
  clients: Clients
  /** The customer whose token the request carries; a public screen is the same for everybody. */
  viewer: A extends 'public' ? undefined : Viewer
  params: Params
  query: Query
}

type Definition<
  A extends Access,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  S extends Sources,
  View extends z.ZodObject,
> = {
  name: string
  /** With `{name}` where a parameter goes. */
  path: string
  summary: string
  /** Goes up with every change of the view. */
  version: number
  access: A
  /** Milliseconds within which the app has its answer, whatever the services do. */
  budgetMs: number
  cache: CachePolicy
  params?: Params
  query?: Query
  sources: (input: Input<A, z.output<Params>, z.output<Query>>) => S
  /** The allow-list: what it does not name never leaves. */
  view: View
  project: (values: Values<S>, format: Format) => z.input<View>
}

/** What a screen is asked for: input as it came, not yet validated. */
type ScreenRequest = {
  clients: Clients
  context: RequestContext
  params: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  format: Format
}

/** A screen's answer. `degraded` names the optional sources that failed; it is in the body, too. */
export type ScreenAnswer = {
  body: string
  degraded: readonly string[]
  failures: ReadonlyMap<string, unknown>
}

/** One read endpoint, shaped for one view of the app. */
export type Screen = {
  readonly name: string
  readonly path: string
  readonly summary: string
  readonly version: number
  readonly access: Access
  readonly budgetMs: number
  readonly cache: CachePolicy
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly view: z.ZodObject
  /**
   * @throws {ProblemError} `INVALID_REQUEST` before any upstream call
   * @throws {UpstreamError} of a critical source
   */
  answer(request: ScreenRequest): Promise<ScreenAnswer>
}

const NOTHING = z.object({})

const Degraded = z.object({
  degraded: z.array(z.string()).describe('The optional parts that are not available now, and are null'),
})

/**
 * Declares a screen: what it needs, what it shows, how long it may be kept. It reads top to bottom: input
 * validated, sources fetched side by side within the budget, projected, cut to the view, serialised.
 */
export function defineScreen<
  const A extends Access,
  S extends Sources,
  View extends z.ZodObject,
  Params extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodObject = typeof NOTHING,
>(definition: Definition<A, Params, Query, S, View>): Screen {
  const { params = NOTHING, query = NOTHING, sources, project, ...rest } = definition
  const view = definition.view.extend(Degraded.shape)

  return {
    ...rest,
    params,
    query,
    view,
    async answer(request) {
      const input = {
        clients: request.clients,
        viewer: request.context.viewer,
        params: validate('path', params, request.params),
        query: validate('query', query, request.query),
      } as Input<A, z.output<Params>, z.output<Query>>
      const { values, degraded, failures } = await fanOut(sources(input), request.context)
      const projected = view.parse({ ...project(values, request.format), degraded })
      return { body: JSON.stringify(projected), degraded, failures }
    },
  }
}

function validate(place: string, schema: z.ZodObject, given: Readonly<Record<string, string>>): unknown {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.')
    const value = given[name]
    return `${name} (${place}): given ${value === undefined ? 'nothing' : JSON.stringify(value.slice(0, 40))}. ${message}`
  })
  throw new ProblemError('INVALID_REQUEST', faults.join('; '))
}
