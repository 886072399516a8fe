import { arrivalOf, byDeadline, requireTime, requireTimely } from '@harbor/shared-runtime/arrival'
import type { TokenVerifier, Viewer } from '@harbor/shared-runtime/auth'
import type { Cache } from '@harbor/shared-runtime/cache'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Log } from '@harbor/shared-runtime/log'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { faultOf } from '@harbor/shared-runtime/telemetry/request'
import type { Context, Handler } from 'hono'
import type { z } from 'zod'
import { answered, targetOf } from '../caching/answered.ts'
import type { PublicPolicy } from '../caching/cache-policy.ts'
import type { Cdn } from '../caching/cdn.ts'
import {
  type Built,
  type KeptAnswers,
  keepAnswers,
  publicShape,
  type Sourced,
} from '../caching/kept-answers.ts'
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
    screen.cache.scope === 'public' && cache ? keptOf(screen, screen.cache, namespace, cache) : undefined
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

const keptOf = (screen: Pick<Screen, 'name' | 'view'>, policy: PublicPolicy, owner: string, cache: Cache) => {
  const namespace = `${owner}:${screen.name}` as const
  return keepAnswers(namespace, publicShape(namespace, screen.view), policy, cache)
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

/** 304 when the consumer has it, otherwise 200. */
function respond(
  c: Context<RestEnv>,
  screen: Screen,
  wanted: Representation,
  { answer, headers: origin, again }: Sourced,
  cdn: Cdn | undefined,
): Response {
  const { degraded } = answer
  // A cache in front is told of each answer that it may store.
  if (again && !cdn) c.set('repeatable', { body: answer.body.as(wanted.coding).bytes, again })
  c.get('facts').degraded = degraded
  const headers = {
    'Schema-Version': String(screen.version),
    ...origin,
    ...(degraded.length > 0 && { 'X-Degraded': degraded.join(', ') }),
  }
  // A private cache may be used by two customers, one after the other.
  const varies = screen.cache.scope === 'public' ? wanted.varies : ['Authorization', ...wanted.varies]
  return answered(c, { policy: screen.cache, wanted: { ...wanted, varies }, answer, headers, cdn })
}

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
