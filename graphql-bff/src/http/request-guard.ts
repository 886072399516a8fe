import { problemResponse } from '@harbor/shared-edge/http/problem-response'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { MiddlewareHandler } from 'hono'
import type { Env, Route, RouteKind } from './route.ts'

/** Allowed values of a header; `undefined` where it may be missing. */
type Allowed = readonly (string | undefined)[]

type Rule = {
  readonly 'x-csrf'?: Allowed
  readonly 'sec-fetch-site'?: Allowed
  readonly 'sec-fetch-mode'?: Allowed
  readonly 'sec-fetch-dest'?: Allowed
  /** Whether the `Origin`, if there is one, has to be ours (`own`), or there may be none at all. */
  readonly origin?: 'own' | 'none'
  readonly 'content-type'?: Allowed
}

const NONE = [undefined]
const JSON_OR_NONE = ['application/json', undefined]

/**
 * What the requests of each kind of route must look like. The custom header alone keeps other sites out, for
 * they cannot send it without a preflight that nothing here answers; where a browser also says who asks
 * (Fetch Metadata, Origin), that must fit, too.
 */
const RULES: Record<RouteKind, Rule> = {
  navigation: { 'sec-fetch-mode': ['navigate', undefined], 'sec-fetch-dest': ['document', undefined] },
  asset: { 'sec-fetch-site': ['same-origin', 'none', undefined] },
  api: {
    'x-csrf': ['1'],
    'sec-fetch-site': ['same-origin', undefined],
    'sec-fetch-mode': ['cors', 'same-origin', undefined],
    'sec-fetch-dest': ['empty', undefined],
    origin: 'own',
    'content-type': JSON_OR_NONE,
  },
  // Not the mode: Node's fetch says that of itself, though it is no browser.
  server: {
    'sec-fetch-site': NONE,
    'sec-fetch-dest': NONE,
    origin: 'none',
    'content-type': ['application/x-www-form-urlencoded'],
  },
}

/**
 * Lets a request through to its route when it fits the rule of the route's kind. Denied by default: what is no
 * route of the list is refused here, whatever else the app has been given.
 * @throws {ProblemError} `NOT_FOUND`, `METHOD_NOT_ALLOWED`, `UNSUPPORTED_MEDIA_TYPE`, `FORBIDDEN`
 */
export function requestGuard(routes: readonly Route[], ownOrigin: () => string): MiddlewareHandler<Env> {
  const find = finder(routes)
  return async (c, next) => {
    const route = find(c.req.path)
    if (!route) throw new ProblemError('NOT_FOUND')
    if (!route.methods.some((method) => method === c.req.method))
      return problemResponse(new ProblemError('METHOD_NOT_ALLOWED'), c.var.trace.traceId, {
        Allow: route.methods.join(', '),
      })
    assertFits(RULES[route.kind], (name) => c.req.header(name), ownOrigin())
    return next()
  }
}

/** Finds the route of a path; in a route's path, `:name` stands for any one segment that is not empty. */
function finder(routes: readonly Route[]): (path: string) => Route | undefined {
  const exact = new Map(routes.map((route) => [route.path, route]))
  const patterns = routes
    .filter(({ path }) => path.includes('/:'))
    .map((route) => ({ route, segments: route.path.split('/') }))
  return (path) => {
    const found = exact.get(path)
    if (found || patterns.length === 0) return found
    const given = path.split('/')
    return patterns.find(
      ({ segments }) =>
        segments.length === given.length &&
        segments.every((segment, at) => (segment.startsWith(':') ? given[at] !== '' : segment === given[at])),
    )?.route
  }
}

function assertFits(rule: Rule, header: (name: string) => string | undefined, ownOrigin: string): void {
  for (const name of ['x-csrf', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'] as const)
    if (rule[name] && !rule[name].includes(header(name))) throw refused(name, rule[name])
  const origins: Record<string, Allowed> = { own: [ownOrigin, undefined], none: NONE }
  const allowed = rule.origin && origins[rule.origin]
  if (allowed && !allowed.includes(header('origin'))) throw refused('origin', allowed)
  const type = header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (rule['content-type'] && !rule['content-type'].includes(type))
    throw new ProblemError('UNSUPPORTED_MEDIA_TYPE', `Allowed: ${listed(rule['content-type'])}.`, {
      headers: { accept: rule['content-type'].flatMap((allowed) => allowed ?? []).join(', ') },
    })
}

const refused = (name: string, allowed: Allowed) =>
  new ProblemError('FORBIDDEN', `The header ${name} does not fit. Allowed: ${listed(allowed)}.`)

const listed = (allowed: Allowed) => allowed.map((value) => value ?? 'none').join(', ')
