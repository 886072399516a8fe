import { keepPreviousData, QueryClient, useQuery } from '@tanstack/react-query'
import type { PersistedOperation } from '../gen/operations.ts'
import { call } from './operation.ts'
import { usePages } from './pages.ts'
import { factsOf } from './problem.ts'

/** Milliseconds for which an answer is shown without asking again. */
const FRESH_MS = 30_000

/** A cache of answers; what may work in a moment is tried once more. */
export const newCache = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => failures < 1 && factsOf(error).retryable,
        retryDelay: 800,
      },
    },
  })

/** What is the same for everybody, whoever is logged in. */
const shared = newCache()

/** A public query; with `keep`, the answer before stays while the next page is on its way. */
export const usePublic = <Data, Variables>(
  operation: PersistedOperation<Data, Variables>,
  variables: Variables,
  { keep = false, enabled = true }: { keep?: boolean; enabled?: boolean } = {},
) =>
  useQuery(
    {
      queryKey: [operation.name, variables],
      queryFn: ({ signal }) => call(operation, variables, signal),
      enabled,
      ...(keep && { placeholderData: keepPreviousData }),
    },
    shared,
  )

/** A public list, page by page. */
export const usePublicPages = <Data, Variables, Node>(
  operation: PersistedOperation<Data, Variables & { after?: string | null }>,
  variables: Variables,
  pick: Parameters<typeof usePages<Data, Variables, Node>>[1],
) =>
  usePages<Data, Variables, Node>(
    { operation, variables, call: (all, signal) => call(operation, all, signal), cache: shared },
    pick,
  )
