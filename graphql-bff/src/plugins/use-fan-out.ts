import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { ExecutionArgs } from 'graphql'
import { isAsyncIterable, type Plugin, type YogaInitialContext } from 'graphql-yoga'
import type { Context } from '../context.ts'
import { callsAbove } from '../fan-out/calls-above.ts'
import { staticFanOut } from '../fan-out/static-fan-out.ts'
import { totalOf } from '../fan-out/upstream-call.ts'
import type { PersistedOperations } from '../persisted/operations.ts'
import type { OperationUsage } from '../persisted/usage.ts'
import { MAX_CALLS } from '../schema/limits.ts'

type Options = { operations: PersistedOperations; usage: OperationUsage; log: Log }

type Executed = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName'> & { contextValue: Context }

/**
 * Refuses a document whose static fan-out is too wide (that of a persisted one was counted when the process started),
 * and holds what an operation called against it.
 */
export function useFanOut({ operations, usage, log }: Options): Plugin<YogaInitialContext & Context> {
  const persisted = new Map([...operations.byHash.values()].map((one) => [one.document, one]))

  /** Holds what was called, once all of the answer is there, against what may be. */
  function compare({ schema, document, operationName, contextValue }: Executed): void {
    const operation = persisted.get(document)
    const fanOut = operation?.fanOut ?? staticFanOut(schema, document, operationName)
    const above = callsAbove(fanOut, contextValue.calls)
    if (operation) usage.called(operation, contextValue.calls, above)
    if (above.length === 0) return
    const name = operation?.name ?? operationName
    log.error(
      { operation: name, above },
      'more upstream calls than the static fan-out: a field does not say what it asks',
    )
  }

  return {
    onValidate({ params: { schema, documentAST }, context }) {
      if (persisted.has(documentAST)) return
      return ({ valid }) => {
        if (!valid) return
        const calls = totalOf(staticFanOut(schema, documentAST, context.params.operationName))
        if (calls > MAX_CALLS)
          throw new ProblemError(
            'QUERY_TOO_COMPLEX',
            `It makes up to ${calls} upstream calls; at most ${MAX_CALLS} are allowed.`,
          )
      }
    },
    onExecute: () => ({
      onExecuteDone({ args, result }) {
        if (isAsyncIterable(result)) return { onEnd: () => compare(args) }
        compare(args)
      },
    }),
  }
}
