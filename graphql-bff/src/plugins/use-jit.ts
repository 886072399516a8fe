import type { Plugin } from 'graphql-yoga'
import type { PersistedOperations } from '../persisted/operations.ts'

/** Executes persisted operations by the code that was compiled for them at the start, where there is some. */
export function useJit({ byHash }: PersistedOperations): Plugin {
  const compiled = new Map([...byHash.values()].map(({ document, compiled }) => [document, compiled]))
  return {
    onExecute({ args, setExecuteFn }) {
      const execute = compiled.get(args.document)
      if (execute) setExecuteFn(execute)
    },
  }
}
