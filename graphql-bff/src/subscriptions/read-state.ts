import type { Log } from '@harbor/shared-runtime/log'
import { toProblem } from '@harbor/shared-runtime/problems'
import { continueTrace } from '@harbor/shared-runtime/trace'
import { type DocumentNode, execute, type GraphQLSchema } from 'graphql'
import { type Context, createContext } from '../context.ts'
import { type Failure, failureOf, logFailures, publicError, publicResult } from '../plugins/problem-result.ts'
import type { RecallViewer } from '../session/recall-viewer.ts'
import type { UpstreamSet } from '../upstreams.ts'
import type { Hub } from './hub.ts'
import type { Outcome } from './live-state.ts'
import { tagOf } from './wire.ts'

/** What a state is of: the same for all who read it. */
export type Selection = {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variableValues: Readonly<Record<string, unknown>> | undefined
  readonly acceptLanguage: string | null
  /** Whose state it is: the key of a session in the store; `undefined` for a public state. */
  readonly session: string | undefined
}

export type StateOptions = {
  schema: GraphQLSchema
  clients: UpstreamSet
  hub: Pick<Hub, 'changes'>
  recall: RecallViewer
  budgetMs: number
  log: Log
}

/** Runs work with a context of its own, for who has the session now. @throws {ProblemError} for a session that ended */
export async function withContext<T>(
  { session, acceptLanguage }: Selection,
  { clients, hub, recall, budgetMs }: StateOptions,
  consumer: AbortSignal,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const asking = session === undefined ? undefined : await recall(session, performance.now() + budgetMs)
  if (asking?.noViewer) throw asking.noViewer
  const context = createContext({
    request: {
      headers: new Headers(acceptLanguage === null ? {} : { 'accept-language': acceptLanguage }),
      signal: consumer,
    },
    state: { trace: continueTrace(undefined), viewer: asking?.viewer, noViewer: undefined },
    clients,
    budgetMs,
    changes: hub.changes,
    // A call under way may have begun before the change.
    alone: true,
  })
  try {
    return await work(context)
  } finally {
    context.requestContext.end()
  }
}

/** Reads the present state of a selection: executes the subscription's fields as those of a query. Never throws. */
export async function readState(
  selection: Selection,
  options: StateOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    return await withContext(selection, options, signal, async (contextValue) => {
      const { traceId } = contextValue.requestContext.trace
      const { document, operationName, variableValues } = selection
      const result = await execute({
        schema: options.schema,
        document,
        operationName,
        variableValues,
        contextValue,
      })
      const failures = result.errors?.map(failureOf) ?? []
      logFailures(failures, traceId, options.log)
      const isEmpty = Object.values(result.data ?? {}).every((value) => value === null)
      if (isEmpty && failures[0]) return without(failures[0], traceId)
      const json = JSON.stringify(publicResult(result, failures, traceId))
      return {
        kind: 'state',
        json,
        tag: tagOf(JSON.stringify([result.data, failures.map(({ problem, path }) => [problem.code, path])])),
        isWhole: !failures.some(({ problem }) => problem.retryable),
      }
    })
  } catch (error) {
    return without(
      { problem: toProblem(error), path: undefined, cause: error },
      continueTrace(undefined).traceId,
    )
  }
}

function without(failure: Failure, traceId: string): Outcome {
  const { problem } = failure
  if (problem.retryable) return { kind: 'failed', problem }
  return { kind: 'ended', problem, json: JSON.stringify({ errors: [publicError(failure, traceId)] }) }
}
