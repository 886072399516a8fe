import type { ShopWrites } from '@harbor/shared-checkout'
import { lateProblem } from '@harbor/shared-runtime/arrival'
import { GraphQLError, getOperationAST } from 'graphql'
import { isAsyncIterable, type Plugin, type YogaInitialContext } from 'graphql-yoga'
import { type Context, createContext, type RequestState } from '../context.ts'
import type { Hub } from '../subscriptions/hub.ts'
import type { UpstreamSet } from '../upstreams.ts'
import { writeBudgetOf } from '../writes/write-budget.ts'

type Options = { clients: UpstreamSet; writes: ShopWrites; budgetMs: number; changes: Hub['changes'] }

type Known = { writeBudgetMs?: number | undefined }

/**
 * Makes the operation's context once it is known to be worth running, and ends it with the answer: what is
 * still running upstream is cancelled then, and also when the consumer leaves.
 */
export const useContext = (
  options: Options,
): Plugin<YogaInitialContext & RequestState & Context & Known> => ({
  onValidate({ params: { schema, documentAST }, context, extendContext }) {
    return ({ valid }) => {
      if (valid)
        extendContext({ writeBudgetMs: writeBudgetOf(schema, documentAST, context.params.operationName) })
    }
  },
  onContextBuilding({ context, extendContext }) {
    extendContext(
      createContext({
        request: context.request,
        state: context,
        writeBudgetMs: context.writeBudgetMs,
        ...options,
      }),
    )
  },
  onExecute: () => ({
    onExecuteDone({ args, result, setResult }) {
      const { requestContext } = args.contextValue
      // Parts that come later ask upstreams, too; a consumer that leaves ends the context by itself.
      if (isAsyncIterable(result)) return { onEnd: () => requestContext.end() }
      requestContext.end()
      const { arrivedAt } = args.contextValue
      // A mutation has happened: its answer is sent, however late.
      if (arrivedAt === undefined || getOperationAST(args.document)?.operation !== 'query') return
      const late = lateProblem(arrivedAt + options.budgetMs)
      if (late) setResult({ errors: [new GraphQLError(late.message, { originalError: late })] })
    },
  }),
})
