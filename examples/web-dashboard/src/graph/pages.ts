import { keepPreviousData, type QueryClient, useInfiniteQuery } from '@tanstack/react-query'
import type { PersistedOperation } from '../gen/operations.ts'
import type { Answer } from './operation.ts'

/** A page of a list, as the graph answers it. A broken row is `null`. */
type Connection<Node> = {
  readonly edges: readonly { readonly node: Node | null }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly totalCount?: number | null
}

type Source<Data, Variables> = {
  readonly operation: PersistedOperation<Data, Variables & { after?: string | null }>
  readonly variables: Variables
  readonly call: (
    variables: Variables & { after?: string | null },
    signal: AbortSignal,
  ) => Promise<Answer<Data>>
  readonly cache: QueryClient
  /** The list before stays while one with other variables is on its way. */
  readonly keep?: boolean
}

/** A list whose pages are shown one below the other. `rows` is `undefined` where its first page is missing. */
export function usePages<Data, Variables, Node>(
  { operation, variables, call, cache, keep = false }: Source<Data, Variables>,
  pick: (data: Data) => Connection<Node> | null | undefined,
) {
  const query = useInfiniteQuery(
    {
      queryKey: [operation.name, 'pages', variables],
      queryFn: ({ pageParam, signal }) => call({ ...variables, after: pageParam }, signal),
      initialPageParam: null as string | null,
      getNextPageParam: ({ data }) => {
        const info = pick(data)?.pageInfo
        return info?.hasNextPage ? info.endCursor : undefined
      },
      ...(keep && { placeholderData: keepPreviousData }),
    },
    cache,
  )
  const pages = query.data?.pages ?? []
  const connections = pages.flatMap(({ data }) => pick(data) ?? [])
  return {
    query,
    rows:
      connections.length === 0
        ? undefined
        : connections.flatMap(({ edges }) => edges.map(({ node }) => node)),
    total: connections[0]?.totalCount,
    why: pages.flatMap(({ missing }) => missing)[0],
  }
}
