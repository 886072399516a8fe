import { ProblemError } from '@harbor/shared-runtime/problems'

/** What a URL asks: values by name. Without a prototype, so that `toString` is no name unless it was sent. */
export type Query = Readonly<Record<string, string>>

/**
 * The parameters of a URL that a route knows. Others are left out, as from an answer that a later app could not read.
 * @throws {ProblemError} `INVALID_REQUEST` for one that is given twice: a cache and a service may each take another
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

/** A target with parameters, in this order and in one way of encoding: that of HTML forms, as `URLSearchParams` writes. */
export function withQuery(target: string, parameters: Iterable<readonly [string, unknown]>): string {
  const query = new URLSearchParams()
  for (const [name, value] of parameters) if (value !== undefined) query.append(name, String(value))
  if (query.size === 0) return target
  return `${target}${target.includes('?') ? '&' : '?'}${query}`
}
