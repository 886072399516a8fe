import type { PersistedOperation } from '../src/gen/operations.ts'

type Options = {
  /** Of the web BFF. */
  address: string
  /** The `Cookie` header of the request that is served, forwarded so that the BFF knows whose it is. */
  cookie?: string
}

/**
 * A client of the web BFF for a server that renders pages: it sends the hash of an operation, never its text, and
 * forwards the session of the user.
 */
export function createWebClient({ address, cookie }: Options) {
  return {
    /** What could be had; the parts that could not are null. @throws when there is no data at all */
    async call<Data, Variables>(
      { name, hash }: PersistedOperation<Data, Variables>,
      variables: Variables,
    ): Promise<Data> {
      const answer = await fetch(`${address}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          // Says that a page of ours asks: no other site can send this header.
          'x-csrf': '1',
          ...(cookie !== undefined && { cookie }),
        },
        body: JSON.stringify({ documentId: `sha256:${hash}`, variables }),
        signal: AbortSignal.timeout(10_000),
      })
      const body: { data?: Data | null } = JSON.parse(await answer.text())
      if (!body.data) throw new Error(`${name} was answered with ${answer.status} and no data`)
      return body.data
    },
  }
}
