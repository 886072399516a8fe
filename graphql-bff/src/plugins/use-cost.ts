import type { Plugin, YogaInitialContext } from 'graphql-yoga'
import { assertAffordable } from './cost.ts'

/** Counts what an operation would cost with these variables, and refuses what is too much, before it runs. */
export const useCost = (): Plugin<YogaInitialContext> => ({
  onValidate({ params: { schema, documentAST }, context }) {
    return ({ valid }) => {
      if (valid) assertAffordable(schema, documentAST, context.params)
    }
  },
})
