import { isNotFound, isUserRefused, TimeUp, UpstreamError } from '../errors/errors.ts'
import { type RequestContext, remainingMs } from './request-context.ts'
import { brokenRow } from './rows.ts'

/** A source that the answer requires. */
export type Critical<T> = { readonly need: 'critical'; readonly value: PromiseLike<T> }
/** A source whose failure removes only its own part of the answer. */
export type Optional<T> = { readonly need: 'optional'; readonly value: PromiseLike<T> }
/** An optional source in a group of which at least one must answer. */
export type OneOf<T> = { readonly need: 'one-of'; readonly value: PromiseLike<T> }
export type Source<T = unknown> = Critical<T> | Optional<T> | OneOf<T>
export type Sources = Readonly<Record<string, Source>>

/** Input of a projection: values of critical sources; all others are `null` when not available. */
export type Values<S extends Sources> = {
  [K in keyof S]: S[K] extends Critical<infer T>
    ? T
    : S[K] extends Optional<infer T> | OneOf<infer T>
      ? T | null
      : never
}

/** `degraded` names the optional sources that failed, in order of declaration. */
export type FanOut<S extends Sources> = {
  values: Values<S>
  degraded: string[]
  failures: Map<string, unknown>
}

/** Declares a source that the answer requires. */
export const critical = <P>(value: P): Critical<Awaited<P>> => ({
  need: 'critical',
  value: handled(value),
})

/** Declares a source that the answer can omit. */
export const optional = <P>(value: P): Optional<Awaited<P>> => ({
  need: 'optional',
  value: handled(value),
})

/** Declares an optional source, of which at least one must not fail. */
export const oneOf = <P>(value: P): OneOf<Awaited<P>> => ({
  need: 'one-of',
  value: handled(value),
})

/**
 * Waits for all sources in parallel, until the deadline of the request at most.
 *
 * - A critical failure is thrown at once and ends every other call of the request.
 * - An optional failure, or an optional source that is late, becomes `null` and is named in `degraded`;
 *   a "not found" is an answer and becomes `null` without being named.
 * - A critical source with a broken row has failed. An optional one is named in `degraded`, and keeps its other rows.
 * - When all that were declared `oneOf` have failed, there is nothing to answer with.
 * - A user whom identity refuses fails the whole, wherever that is found out: the other sources would follow.
 *
 * @throws the error of the first critical source that failed; `UpstreamError` `timeout` for a late one, `unavailable`
 * when all of `oneOf` failed
 */
export async function fanOut<S extends Sources>(sources: S, context: RequestContext): Promise<FanOut<S>> {
  const failures = new Map<string, unknown>()
  const values: Record<string, unknown> = {}
  const late = lateness(context)
  try {
    await Promise.all(
      Object.entries(sources).map(async ([name, { need, value }]) => {
        try {
          const answer = await Promise.race([value, late.promise(name)])
          const broken = brokenRow(answer)
          if (broken && (need === 'critical' || broken.empty)) throw broken.error
          if (broken) failures.set(name, broken.error)
          values[name] = answer
        } catch (error) {
          if (need === 'critical' || isUserRefused(error)) throw error
          values[name] = null
          if (!isNotFound(error)) failures.set(name, error)
        }
      }),
    )
    requireOneOf(sources, failures)
  } catch (error) {
    context.abort(error)
    throw error
  } finally {
    late.clear()
  }
  return {
    values: values as Values<S>,
    degraded: Object.keys(sources).filter((name) => failures.has(name)),
    failures,
  }
}

/** @throws {UpstreamError} `unavailable` */
function requireOneOf(sources: Sources, failures: ReadonlyMap<string, unknown>): void {
  const names = Object.keys(sources).filter((name) => sources[name]?.need === 'one-of')
  if (names.length === 0 || names.some((name) => !failures.has(name))) return
  const cause = new AggregateError(names.map((name) => failures.get(name)))
  throw new UpstreamError(names.join(', '), 'unavailable', 'none of them answered', { cause })
}

/** One timer and one abort listener for all sources of a fan-out. */
function lateness(context: RequestContext) {
  const waiting: (() => void)[] = []
  const fail = () => {
    for (const reject of waiting) reject()
  }
  const ms = remainingMs(context.deadline)
  // Work without a deadline gets no timer: setTimeout(Infinity) would fire at once.
  const timer = Number.isFinite(ms) ? setTimeout(fail, ms) : undefined
  context.signal.addEventListener('abort', fail, { once: true })
  return {
    promise: (name: string) =>
      new Promise<never>((_, reject) => {
        waiting.push(() => reject(lateError(name, context.signal)))
        if (context.signal.aborted) fail()
      }),
    clear() {
      clearTimeout(timer)
      context.signal.removeEventListener('abort', fail)
    },
  }
}

const lateError = (name: string, signal: AbortSignal) =>
  signal.aborted
    ? new UpstreamError(name, 'cancelled', 'the request ended before this source answered', {
        cause: signal.reason,
      })
    : new TimeUp(name, 'no answer within the budget of the request')

/** A source that fails before it is awaited must not end the process as an unhandled rejection. */
function handled<P>(value: P): Promise<Awaited<P>> {
  const promise = Promise.resolve(value)
  promise.catch(() => {})
  return promise
}
