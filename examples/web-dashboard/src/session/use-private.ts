import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { PersistedOperation } from '../gen/operations.ts'
import { call } from '../graph/operation.ts'
import { Problem } from '../graph/problem.ts'
import { useOwn } from './signed-in.tsx'
import { stillCurrent } from './store.ts'

const ENDED = {
  title: 'Your session has ended.',
  code: 'UNAUTHENTICATED',
  retryable: false,
  traceId: undefined,
}

/** A query of who is logged in; its answer is shown only while the cookie is still of the same session. */
export function usePrivate<Data, Variables>(
  operation: PersistedOperation<Data, Variables>,
  variables: Variables,
  { keep = false, everyMs }: { keep?: boolean; everyMs?: number } = {},
) {
  const { key, cache } = useOwn()
  return useQuery(
    {
      queryKey: [operation.name, variables],
      queryFn: async ({ signal }) => {
        const answer = await call(operation, variables, signal)
        if (!(await stillCurrent(key))) throw new Problem(ENDED)
        return answer
      },
      ...(keep && { placeholderData: keepPreviousData }),
      ...(everyMs !== undefined && { refetchInterval: everyMs }),
    },
    cache,
  )
}
