import { arrivalOf, byDeadline, requireTime, requireTimely } from '@harbor/shared-runtime/arrival'
import type { TokenVerifier, Viewer } from '@harbor/shared-runtime/auth'
import type { Cache } from '@harbor/shared-runtime/cache'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Log } from '@harbor/shared-runtime/log'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { faultOf } from '@harbor/shared-runtime/telemetry/request'
import type { Context, Handler } from 'hono'
import type { z } from 'zod'
import { cacheControl } from '../caching/cache-policy.ts'
import type { Cdn } from '../caching/cdn.ts'
import { type Built, type KeptAnswers, keepAnswers, type Sourced } from '../caching/kept-answers.ts'
import { requireMatch, revisionTag } from '../caching/preconditions.ts'
import { matchesTag } from '../entity-tags.ts'
import { authorise } from '../http/authorise.ts'
import { type Query, readQuery, withQuery } from '../http/query.ts'
import { Body } from '../representation/body.ts'
import { encodeView } from '../representation/media-types.ts'
import { InUrl, negotiate, type Representation } from '../representation/representation.ts'
import type { RestEnv } from './app-version.ts'
import type { ClientSet, CreateFormat, Kit } from './kit.ts'
import type { Screen, ScreenAnswer } from './screen.ts'

export type ScreenDependencies<K extends Kit> = {
  /** The short name of the BFF; prefix of its stored answers. */
  namespace: string
  clients: ClientSet<K>
  createFormat: CreateFormat<K>
  verify: TokenVerifier
  log: Log
  /** Stores the finished answers of public screens; without it each request builds its own. */
  cache?: Cache | undefined
  /** The cache in front of this process, which is purged on changes. */
  cdn?: Cdn | undefined
  /** The instant from which relative labels count. */
  now?: (() => Date) | undefined
}

type ScreenOf<K extends Kit> = Screen<string, z.ZodObject, z.ZodObject, z.ZodObject, K>

type Asked = {
  viewer: Viewer | undefined
  query: Query
  wanted: Representation
  arrivedAt: number
  deadline: number
}

/** The steps of a screen: authorise → negotiate → look up or build, encode → conditional → respond. */
export function serveScreen<K extends Kit>(
  screen: ScreenOf<K>,
  dependencies: ScreenDependencies<K>,
): Handler<RestEnv> {
  const { verify, cache, cdn, namespace } = dependencies
  const isPublic = screen.cache.scope === 'public'
  const kept =
    screen.cache.scope === 'public' && cache
      ? keepAnswers(`${namespace}:${screen.name}`, screen.view, screen.cache, cache)
      : undefined
  const known: ReadonlySet<string> = new Set(Object.keys({ ...screen.query.shape, ...InUrl.shape }))

  return async (c) => {
    const arrivedAt = arrivalOf(c.env?.incoming)
    const deadline = arrivedAt + screen.budgetMs
    const facts = c.get('facts')
    facts.is('screen', screen.name, screen.budgetMs)
    requireTime(deadline)
    const viewer =
      screen.access === 'public'
        ? undefined
        : await byDeadline(authorise(c, screen.access, verify), deadline, 'identity')
    facts.by(viewer)
    const query = readQuery(c.req.url, known)
    const wanted = negotiate(c.req, query)
    const asked = { viewer, query, wanted, arrivedAt, deadline }
    if (!isPublic) {
      const built = await buildAlone(c, screen, asked, dependencies)
      requireTimely(deadline)
      return respond(c, screen, wanted, built, undefined)
    }
    const address = screen.addressOf({ params: c.req.param(), query })
    const sourced = kept
      ? await lookUp(c, screen, asked, address, kept, dependencies)
      : await buildAlone(c, screen, asked, dependencies)
    requireTimely(deadline)
    const isCanonical = targetOf(c) === withQuery(address, Object.entries(wanted.inUrl))
    return respond(c, screen, { ...wanted, forAll: wanted.forAll && isCanonical }, sourced, cdn)
  }
}

/** The stored answer, built for the first request. */
const lookUp = <K extends Kit>(
  c: Context<RestEnv>,
  screen: ScreenOf<K>,
  asked: Asked,
  address: string,
  kept: KeptAnswers,
  dependencies: ScreenDependencies<K>,
): Promise<Sourced> => {
  const { locale, mediaType } = asked.wanted
  return kept({
    key: `${locale}:${mediaType}:${address}`,
    deadline: asked.deadline,
    signal: () => c.req.raw.signal,
    trace: c.get('trace'),
    build: (signal) => build(c, screen, asked, signal, dependencies),
  })
}

/** An answer for this request only. */
async function buildAlone<K extends Kit>(
  c: Context<RestEnv>,
  screen: ScreenOf<K>,
  asked: Asked,
  dependencies: ScreenDependencies<K>,
): Promise<Sourced> {
  const { bytes, ...rest } = await build(c, screen, asked, c.req.raw.signal, dependencies)
  return { answer: { ...rest, body: new Body(bytes) }, headers: {} }
}

/** Fan-out, projection, view, bytes. */
async function build<K extends Kit>(
  c: Context<RestEnv>,
  screen: ScreenOf<K>,
  { viewer, query, wanted, arrivedAt }: Asked,
  signal: AbortSignal,
  // biome-ignore lint/plugin: labels such as "yesterday"
  { clients, createFormat, log, now = () => new Date() }: ScreenDependencies<K>,
): Promise<Built> {
  const trace = c.get('trace')
  const { budgetMs } = screen
  const context = createRequestContext({ budgetMs, arrivedAt, trace, viewer, consumer: signal })
  try {
    const answer = await screen.answer({
      clients: clients.forRequest(context),
      context,
      params: c.req.param(),
      query,
      format: createFormat(wanted.locale, now()),
    })
    logFailures(log, screen, trace.traceId, answer)
    for (const [source, error] of answer.failures) c.get('facts').failed(faultOf(error, source))
    const { degraded, tags, revision } = answer
    return { bytes: encodeView(answer.view, wanted.mediaType), degraded, tags, revision }
  } finally {
    context.end()
  }
}

/** 304 when the consumer has it, otherwise 200; with the same headers except those about the body. */
function respond(
  c: Context<RestEnv>,
  screen: Screen,
  { mediaType, coding, varies, forAll }: Representation,
  { answer, headers: origin }: Sourced,
  cdn: Cdn | undefined,
): Response {
  const { body, degraded, tags, revision } = answer
  c.get('facts').degraded = degraded
  const sent = body.as(coding)
  const etag = revision === undefined ? sent.etag : revisionTag(revision, sent.etag)
  requireMatch(c.req.header('if-match'), etag)
  const isPublic = screen.cache.scope === 'public'
  const vary = [
    // A private cache may be used by two customers, one after the other.
    ...(isPublic ? [] : ['Authorization']),
    ...varies,
    ...(body.compressible ? ['Accept-Encoding'] : []),
  ]
  const headers: Record<string, string> = {
    'Cache-Control': cacheControl(screen.cache, { degraded: degraded.length > 0, forAll }),
    ETag: etag,
    'Schema-Version': String(screen.version),
    ...origin,
  }
  if (vary.length > 0) headers.Vary = vary.join(', ')
  if (degraded.length > 0) headers['X-Degraded'] = degraded.join(', ')
  else if (isPublic && forAll && cdn) Object.assign(headers, cdn.announce(targetOf(c), tags))
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
const targetOf = (c: Context<RestEnv>): string =>
  c.env?.incoming?.url ?? c.req.url.slice(c.req.url.indexOf('/', c.req.url.indexOf('//') + 2))

function logFailures(log: Log, screen: Screen, traceId: string, { failures }: ScreenAnswer): void {
  for (const [source, error] of failures)
    log.warn(
      {
        screen: screen.name,
        source,
        code: error instanceof UpstreamError ? error.code : 'unexpected',
        reason: error instanceof Error ? error.message : String(error),
        traceId,
      },
      'degraded',
    )
}
