import { GraphQLClient } from 'graphql-request'
import type { PersistedOperation } from '../src/gen/operations.ts'

type Options = {
  /** Of the web BFF. */
  address: string
  /** The `Cookie` header of the request that is served, forwarded so that the BFF knows whose it is. */
  cookie?: string
}

/** Milliseconds after which a page is rendered without the answer. */
const TIMEOUT_MS = 10_000

/**
 * A client of the web BFF for a server that renders pages: it sends the hash of an operation, never its text, and
 * forwards the session of the user.
 */
export function createWebClient({ address, cookie }: Options) {
  const client = new GraphQLClient(`${address}/graphql`, {
    // A page without one of its parts is better than none: a failed part is null and named in `errors`.
    errorPolicy: 'all',
    // States that a page of ours sends this: no other site can send the header.
    headers: { 'x-csrf': '1', ...(cookie !== undefined && { cookie }) },
    requestMiddleware: (request) => ({ ...request, body: withHashOnly(request.body) }),
  })

  return {
    /** What is available; parts that failed are null. @throws {ClientError} when there is no data at all */
    async call<Data, Variables extends object>(
      { name, hash }: PersistedOperation<Data, Variables>,
      variables: Variables,
    ): Promise<Data> {
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      // graphql-request requires a document: this one carries the hash to `withHashOnly`.
      const document = `query ${name} { h${hash}: __typename }`
      const data = await client.request<Data | null>({ document, variables, signal })
      if (data === null) throw new Error(`${name} was answered without data`)
      return data
    },
  }
}

function withHashOnly(body: unknown): string {
  const { query, variables } = JSON.parse(String(body)) as { query: string; variables: unknown }
  const [, hash] = /h([0-9a-f]{64}):/.exec(query) ?? []
  return JSON.stringify({ documentId: `sha256:${hash}`, variables })
}
