import { type Cache, type EntityPolicy, shapeHash } from '@harbor/shared-runtime/cache'
import { refuseUserData } from '@harbor/shared-runtime/cache/shared-data'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { TraceContext } from '@harbor/shared-runtime/trace'
import { z } from 'zod'
import { Body } from '../representation/body.ts'
import type { PublicPolicy } from './cache-policy.ts'
import { cacheStatus } from './cache-status.ts'

/** A finished answer with everything needed to send it again. */
export type Answer = {
  readonly body: Body
  readonly degraded: readonly string[]
  readonly tags: readonly string[]
  /** The revision of the one resource that it shows; none for a public answer. */
  readonly revision?: number | undefined
}

/** An answer, and its headers about caching. */
export type Sourced = {
  readonly answer: Answer
  readonly headers: Readonly<Record<string, string>>
  /** Of a hit from memory: for as long as an equal request would get the same answer at once. */
  readonly again?: Again
}

/** The headers about caching of an answer that is sent once more; `undefined` when it has to be looked up anew. */
export type Again = (trace: TraceContext) => CacheHeaders | undefined

export type CacheHeaders = { readonly Age: string; readonly 'Cache-Status': string }

/** The stored form, in memory and in Redis. */
const KeptEntry = z.object({
  /** Base64. */
  body: z.string(),
  tags: z.array(z.string()),
  /** Milliseconds since 1970, which all processes agree on. */
  builtAt: z.number(),
})
type KeptEntry = z.infer<typeof KeptEntry>

type Wanted = {
  /** The requested resource and representation. */
  readonly key: string
  /** Instant of `performance.now()` by which the consumer should have its answer. */
  readonly deadline: number
  /** Aborted when the consumer disconnects; read only when there is something to wait for. */
  readonly signal: () => AbortSignal
  readonly build: (signal: AbortSignal) => Promise<Built>
  /** The request, for events of the cache. */
  readonly trace?: TraceContext | undefined
}
export type Built = Omit<Answer, 'body'> & { readonly bytes: Uint8Array }

export type KeptAnswers = (wanted: Wanted) => Promise<Sourced>

/** Ends a load whose answer is for its current waiters only. */
class Degraded extends Error {
  readonly built: Built
  constructor(built: Built) {
    super(`not kept: without ${built.degraded.join(', ')}`)
    this.built = built
  }
}

/** The jitter of the cache is ±10 %; this keeps any answer from counting as fresh beyond its max-age. */
const JITTER = 0.9
const SECOND = 1_000
const HIT = { hit: true }

/** An answer stays fresh for its max-age, so that its receiver can also cache it for a while. */
const policyOf = (policy: PublicPolicy): EntityPolicy => {
  const { maxAge, staleWhileRevalidate = 0, staleIfError = 0 } = policy
  return {
    ttlMs: maxAge * SECOND * JITTER,
    graceMs: staleWhileRevalidate * SECOND,
    lastResortMs: Math.max(0, staleIfError - staleWhileRevalidate) * SECOND,
    negativeTtlMs: 0,
    tiers: 'memory+redis',
  }
}

/**
 * The shape of a public view, for `keepAnswers`.
 * @throws {TypeError} for a view with a field of a user
 */
export function publicShape(namespace: string, view: z.ZodObject): string {
  refuseUserData(namespace, view)
  return shapeHash(view)
}

/**
 * Stores finished public answers until their data changes. A hit calls no upstream, builds no view and writes no JSON.
 * @param namespace of the entries in the cache, such as `mobile:product`
 * @param shape a hash of what answers look like: a process with another shape reads none of these
 */
export function keepAnswers(
  namespace: `${string}:${string}`,
  shape: string,
  policy: PublicPolicy,
  cache: Cache,
): KeptAnswers {
  const answers = cache.define({
    namespace,
    schema: KeptEntry,
    policy: policyOf(policy),
    tagsOf: ({ tags }) => tags,
  })
  // Compressed forms are dropped together with their answer.
  const bodies = new WeakMap<KeptEntry, Body>()
  const answerOf = (kept: KeptEntry): Answer => {
    let body = bodies.get(kept)
    if (!body) bodies.set(kept, (body = new Body(Buffer.from(kept.body, 'base64'))))
    return { body, tags: kept.tags, degraded: [] }
  }
  // The age of an answer built by another process is computed once by the wall clock, and then grows by the local
  // clock.
  const builtAt = new WeakMap<KeptEntry, number>()
  const builtAtOf = (kept: KeptEntry): number => {
    let at = builtAt.get(kept)
    if (at === undefined) {
      // biome-ignore lint/plugin: read by every process on the same Redis
      const ageMs = Math.max(0, Date.now() - kept.builtAt)
      builtAt.set(kept, (at = performance.now() - ageMs))
    }
    return at
  }
  const aged = (kept: KeptEntry, how: Parameters<typeof cacheStatus>[0]): CacheHeaders => {
    const age = Math.floor((performance.now() - builtAtOf(kept)) / SECOND)
    return { Age: String(age), 'Cache-Status': cacheStatus({ ...how, ttl: policy.maxAge - age }) }
  }
  const hit = (id: string, kept: KeptEntry): Sourced => ({
    answer: answerOf(kept),
    headers: aged(kept, HIT),
    again: (trace) => (answers.isCurrent(id, kept, trace) ? aged(kept, HIT) : undefined),
  })

  return async ({ key, deadline, signal, build, trace }) => {
    const id = `${shape}:${key}`
    const before = answers.lastResort(id)
    const askedAt = performance.now()
    let forwarded = false
    try {
      const kept = await answers.get(
        id,
        async (signal): Promise<KeptEntry> => {
          forwarded = true
          const built = await build(signal)
          if (built.degraded.length > 0) throw new Degraded(built)
          const answer = {
            body: Buffer.from(built.bytes).toString('base64'),
            tags: [...built.tags],
            // biome-ignore lint/plugin: read by every process on the same Redis
            builtAt: Date.now(),
          }
          builtAt.set(answer, performance.now())
          return answer
        },
        {
          deadline,
          trace,
          get signal() {
            return signal()
          },
        },
      )
      if (!kept) throw new TypeError(`${namespace}: a load without an answer`)
      // From memory or Redis; a background refresh of a stale answer does not count as a forward of this request.
      if (kept === before || (!forwarded && builtAtOf(kept) < askedAt)) return hit(id, kept)
      const stored = answers.lastResort(id) === kept
      return {
        answer: answerOf(kept),
        headers: { 'Cache-Status': cacheStatus({ fwd: 'miss', stored, collapsed: !forwarded }) },
      }
    } catch (error) {
      if (error instanceof Degraded) {
        const { bytes, ...rest } = error.built
        const headers = {
          'Cache-Status': cacheStatus({ fwd: 'miss', collapsed: !forwarded, detail: 'degraded' }),
        }
        return { answer: { ...rest, body: new Body(bytes) }, headers }
      }
      const old = isFaultBehind(error) ? answers.lastResort(id) : undefined
      if (!old) throw error
      return { answer: answerOf(old), headers: aged(old, { fwd: 'stale', detail: 'stale-if-error' }) }
    }
  }
}

/** RFC 5861: failures that would be a 500, 502, 503 or 504. */
const isFaultBehind = (error: unknown): boolean =>
  error instanceof ProblemError
    ? error.status >= 502
    : error instanceof UpstreamError && (error.retryable || error.code === 'invalid_answer')
