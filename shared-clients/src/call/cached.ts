import type { Cache, CacheDefinition, CachedEntities } from '@harbor/shared-runtime/cache'
import { isNotFound, UpstreamError } from '@harbor/shared-runtime/errors'
import { backgroundContext, type RequestContext } from '@harbor/shared-runtime/request-context'
import type { Rows } from '@harbor/shared-runtime/rows'
import type { ServiceName } from '../services.ts'

/** Reads of one kind of entity that all users may see: out of the cache, where there is one. */
type CachedReads<T, Call> = {
  /** Entities by id, those that exist; `load` is asked for what the cache does not have. */
  byIds(
    ids: readonly string[],
    load: (call: Call, missing: readonly string[]) => Promise<Rows<T>>,
  ): Promise<Rows<T>>
  /** @throws {UpstreamError} `not_found`, which is kept for a while, too */
  byId(id: string, load: (call: Call) => Promise<T>): Promise<T>
}

/** Gives the reads of one kind, for one request. */
export type Cached<Call> = <T>(kind: CacheDefinition<T>) => CachedReads<T, Call>

type Options<Call> = {
  upstream: ServiceName
  /** None: every read is a call. */
  cache: Cache | undefined
  /** Milliseconds that a request waits for a load of its own or of another. */
  timeoutMs: number
  bindCall: (context: RequestContext, optional?: boolean) => Call
}

/**
 * The cached reads of a client. A load serves whoever asks: it has no user, and neither the deadline nor the
 * signal of the request that happened to come first.
 */
export function cachedReads<Call>({ upstream, cache, timeoutMs, bindCall }: Options<Call>) {
  const kinds = new WeakMap<object, CachedEntities<unknown>>()

  const entitiesOf = <T>(kind: CacheDefinition<T>) => {
    let entities = kinds.get(kind)
    // `cacheKind` has checked that it holds no data of a user, which the compiler cannot see from here.
    if (cache && entities === undefined) kinds.set(kind, (entities = cache.define(kind as AnyKind)))
    return entities as CachedEntities<T> | undefined
  }

  return (context: RequestContext, optional?: boolean): Cached<Call> =>
    (kind) => {
      const entities = entitiesOf(kind)
      if (!entities) {
        const call = bindCall(context, optional)
        return { byIds: (ids, load) => load(call, ids), byId: (_, load) => load(call) }
      }
      const patience = () => ({
        signal: context.signal,
        deadline: Math.min(performance.now() + timeoutMs, context.deadline),
        trace: context.trace,
      })
      const loading = (signal: AbortSignal) =>
        bindCall({ ...backgroundContext(signal), trace: context.trace })
      return {
        byIds: (ids, load) =>
          entities.getMany(ids, (missing, signal) => load(loading(signal), missing), patience()),
        async byId(id, load) {
          const value = await entities.get(id, (signal) => load(loading(signal)).catch(absent), patience())
          if (value === undefined) throw new UpstreamError(upstream, 'not_found', 'it does not exist')
          return value
        },
      }
    }
}

type AnyKind = Parameters<Cache['define']>[0]

function absent(error: unknown): undefined {
  if (!isNotFound(error)) throw error
}
