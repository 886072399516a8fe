import { faultOf } from '@harbor/shared-runtime/telemetry/request'
import type { DocumentNode, GraphQLError } from 'graphql'
import { isAsyncIterable, type Plugin, type YogaInitialContext } from 'graphql-yoga'
import type { Context, RequestState } from '../context.ts'
import type { PersistedOperations } from '../persisted/operations.ts'
import { degradedParts, failureOf } from './problem-result.ts'

type Options = { operations: PersistedOperations; budgetMs: number }

/** The name of a document that is not persisted: its own is chosen by who sends it. */
const ADHOC = 'adhoc'

/** Notes for log, metrics and traces which operation ran, for whom, and what of its answer is missing. */
export function useFacts({
  operations,
  budgetMs,
}: Options): Plugin<YogaInitialContext & RequestState & Context, RequestState> {
  const names = new Map([...operations.byHash.values()].map(({ document, name }) => [document, name]))
  function name(document: DocumentNode, { facts, viewer }: Pick<RequestState, 'facts' | 'viewer'>): void {
    facts?.is('operation', names.get(document) ?? ADHOC, budgetMs)
    facts?.by(viewer)
  }
  return {
    onExecute: ({ args: { document, contextValue } }) => name(document, contextValue),
    onSubscribe: ({ args: { document, contextValue } }) => name(document, contextValue),
    onResultProcess({ result, serverContext: { facts } }) {
      if (!facts || isAsyncIterable(result) || Array.isArray(result) || !result.errors) return
      note(facts, result.errors, result.data)
    },
  }
}

function note(
  facts: NonNullable<RequestState['facts']>,
  errors: readonly GraphQLError[],
  data: Parameters<typeof degradedParts>[0],
): void {
  const failures = errors.map(failureOf)
  facts.degraded = degradedParts(data, failures)
  facts.problem = failures[0]?.problem.code
  const causes = new Map(
    failures.filter(({ problem }) => problem.status >= 500).map((one) => [one.cause, one]),
  )
  for (const [cause, failure] of causes) facts.failed(faultOf(cause, degradedParts(data, [failure])[0]))
}
