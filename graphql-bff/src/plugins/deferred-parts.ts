import type { Log } from '@harbor/shared-runtime/log'
import type { ExecutionResult, GraphQLError } from 'graphql'
import { degradedParts, type Failure, failureOf, logFailures, publicError } from './problem-result.ts'

type Path = readonly (string | number)[]

/** One part that comes later: what is at a path of the answer. */
type Incremental = {
  readonly data?: ExecutionResult['data']
  readonly path?: Path
  readonly errors?: readonly GraphQLError[]
}

type Part = ExecutionResult & {
  readonly incremental?: readonly Incremental[]
  readonly hasNext?: boolean
}

/**
 * An answer in parts as it leaves: the errors of each part masked. Which parts are missing is known at the end, and is
 * named in the last one (`extensions.degraded`).
 */
export async function* publicParts(
  parts: AsyncIterable<Part>,
  traceId: string,
  log: Log,
): AsyncGenerator<Part, void, undefined> {
  const degraded = new Set<string>()
  const masked = (errors: readonly GraphQLError[], data: ExecutionResult['data'], at: Path) => {
    const failures = errors.map(failureOf)
    logFailures(failures, traceId, log)
    for (const name of missing(data, failures, at)) degraded.add(name)
    return failures.map((failure) => publicError(failure, traceId))
  }
  for await (const part of parts) {
    const { errors, incremental, hasNext } = part
    yield {
      ...part,
      ...(errors && { errors: masked(errors, part.data, []) }),
      ...(incremental && {
        incremental: incremental.map((one) =>
          one.errors ? { ...one, errors: masked(one.errors, one.data, one.path ?? []) } : one,
        ),
      }),
      ...(hasNext === false && degraded.size > 0 && { extensions: { degraded: [...degraded] } }),
    }
  }
}

/** The missing parts below a path, by their names from the root; the whole part where nothing of it is there. */
function missing(data: ExecutionResult['data'], failures: readonly Failure[], at: Path): string[] {
  const names = at.filter((key) => typeof key === 'string')
  const below = failures.map((failure) => ({ ...failure, path: failure.path?.slice(at.length) }))
  if (at.length > 0 && !data) return [names.join('.')]
  return degradedParts(data, below).map((name) => [...names, name].join('.'))
}
