import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { PersistedOperation } from '../gen/operations.ts'
import { call } from '../graph/operation.ts'
import { usePages } from '../graph/pages.ts'
import { Problem } from '../graph/problem.ts'
import { useOwn } from './signed-in.tsx'
import { stillCurrent } from './store.ts'

export const ENDED = {
  title: 'Your session has ended.',
  code: 'UNAUTHENTICATED',
  retryable: false,
  traceId: undefined,
}

/** @throws {Problem} when the cookie is no longer of this session: the answer may be another user's */
export async function callAs<Data, Variables>(
  key: string,
  operation: PersistedOperation<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
) {
  const answer = await call(operation, variables, signal)
  if (!(await stillCurrent(key))) throw new Problem(ENDED)
  return answer
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
      queryFn: ({ signal }) => callAs(key, operation, variables, signal),
      ...(keep && { placeholderData: keepPreviousData }),
      ...(everyMs !== undefined && { refetchInterval: everyMs }),
    },
    cache,
  )
}

/** A list of who is logged in, page by page. */
export function usePrivatePages<Data, Variables, Node>(
  operation: PersistedOperation<Data, Variables & { after?: string | null }>,
  variables: Variables,
  pick: Parameters<typeof usePages<Data, Variables, Node>>[1],
  { keep = false }: { keep?: boolean } = {},
) {
  const { key, cache } = useOwn()
  return usePages<Data, Variables, Node>(
    { operation, variables, call: (all, signal) => callAs(key, operation, all, signal), cache, keep },
    pick,
  )
}
