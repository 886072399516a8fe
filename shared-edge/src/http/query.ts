import { ProblemError } from '@harbor/shared-runtime/problems'

/** Query parameters by name. Without a prototype, so that `toString` exists only if it was sent. */
export type Query = Readonly<Record<string, string>>

/**
 * The known parameters of a route; others are ignored.
 * @throws {ProblemError} `INVALID_REQUEST` for a repeated one: a cache and a service may each read a different one
 */
export function readQuery(url: string, known: ReadonlySet<string>): Query {
  const query: Record<string, string> = Object.create(null)
  const start = url.indexOf('?')
  if (start === -1) return query
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    if (!known.has(name)) continue
    if (Object.hasOwn(query, name))
      throw new ProblemError('INVALID_REQUEST', `${name} (query): given more than once. Allowed: once`)
    query[name] = value
  }
  return query
}

/** A target with parameters in this order, in the canonical encoding of `URLSearchParams`. */
export function withQuery(target: string, parameters: Iterable<readonly [string, unknown]>): string {
  const query = new URLSearchParams()
  for (const [name, value] of parameters) if (value !== undefined) query.append(name, String(value))
  if (query.size === 0) return target
  return `${target}${target.includes('?') ? '&' : '?'}${query}`
}
