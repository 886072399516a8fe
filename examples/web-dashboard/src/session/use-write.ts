import { useMutation } from '@tanstack/react-query'
import type { PersistedOperation } from '../gen/operations.ts'
import { factsOf, Problem } from '../graph/problem.ts'
import { useOwn } from './signed-in.tsx'
import { stillCurrent } from './store.ts'
import { callAs, ENDED } from './use-private.ts'

/** Tries of a write whose outcome is not known, and the milliseconds before each further one. */
const FEW = { tries: 3, everyMs: 800 }

/**
 * Writes as who is logged in. The same variables are sent again where it is not known whether they have arrived: they
 * hold the key by which the BFF does it once, or it has the same effect however often it is done.
 */
export function useWrite<Data, Variables>(
  operation: PersistedOperation<Data, Variables>,
  { tries, everyMs } = FEW,
) {
  const { key, cache } = useOwn()
  return useMutation(
    {
      mutationFn: async (variables: Variables) => {
        // The cookie may have become another user's: nothing is written for them.
        if (!(await stillCurrent(key))) throw new Problem(ENDED)
        return (await callAs(key, operation, variables)).data
      },
      retry: (failures, error) => failures < tries - 1 && factsOf(error).retryable,
      retryDelay: everyMs,
    },
    cache,
  )
}
