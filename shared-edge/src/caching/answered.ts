import type { Context } from 'hono'
import { matchesTag } from '../entity-tags.ts'
import type { Representation } from '../representation/representation.ts'
import { type CachePolicy, cacheControl } from './cache-policy.ts'
import type { Cdn } from './cdn.ts'
import type { Answer } from './kept-answers.ts'
import { requireMatch, revisionTag } from './preconditions.ts'

/**
 * An answer with more tags is for the cache of who asks alone: in one header they would be longer than proxies take (8 KB
 * in Varnish), and an answer that cannot be purged must not be stored.
 */
const MOST_TAGS = 150

type Sent = {
  readonly policy: CachePolicy
  readonly wanted: Pick<Representation<string>, 'mediaType' | 'coding' | 'varies' | 'forAll'>
  readonly answer: Answer
  /** Headers of the 200 and of the 304, beside those about caching. */
  readonly headers: Readonly<Record<string, string>>
  /** The cache in front, which is told of what it may store. */
  readonly cdn: Cdn | undefined
}

/**
 * Sends an answer: 304 when the consumer has it, otherwise 200, with the same headers except those about the body.
 * @throws {ProblemError} `PRECONDITION_FAILED`
 */
export function answered(c: Context, { policy, wanted, answer, headers: more, cdn }: Sent): Response {
  const { mediaType, coding, varies } = wanted
  const { body, degraded, tags, revision } = answer
  const forAll = wanted.forAll && tags.length <= MOST_TAGS
  const sent = body.as(coding)
  const etag = revision === undefined ? sent.etag : revisionTag(revision, sent.etag)
  requireMatch(c.req.header('if-match'), etag)
  const isDegraded = degraded.length > 0
  const vary = [...varies, ...(body.compressible ? ['Accept-Encoding'] : [])]
  const headers: Record<string, string> = {
    'Cache-Control': cacheControl(policy, { degraded: isDegraded, forAll }),
    ETag: etag,
    ...more,
  }
  if (vary.length > 0) headers.Vary = vary.join(', ')
  if (policy.scope === 'public' && forAll && cdn && !isDegraded)
    Object.assign(headers, cdn.announce(targetOf(c), tags))
  if (matchesTag(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
  headers['Content-Type'] = mediaType
  headers['Content-Length'] = String(sent.bytes.byteLength)
  if (sent.coding !== 'identity') headers['Content-Encoding'] = sent.coding
  return c.body(sent.bytes, 200, headers)
}

/**
 * The request target as received, which is the key of caches; `c.req.url` has dot segments removed. A test without a
 * socket only has the URL.
 */
export const targetOf = (c: Context): string =>
  c.env?.incoming?.url ?? c.req.url.slice(c.req.url.indexOf('/', c.req.url.indexOf('//') + 2))
