import type { System } from './harness.ts'

export type GraphqlAnswer<Data> = {
  data: Data
  errors?: { path?: (string | number)[]; message: string; extensions: { code: string; retryable: boolean } }[]
  extensions?: { degraded?: string[] }
}

/** Hashes of the dashboard's operations, by name. */
export const operationHashes = async (web: string): Promise<Record<string, string>> =>
  (await fetch(`${web}/operations.json`)).json()

/** Calls an operation of the dashboard by its hash. */
export async function persisted<Data>(
  { web }: Pick<System, 'web'>,
  name: string,
  variables: Record<string, unknown>,
  token?: string,
): Promise<GraphqlAnswer<Data> & { status: number; text: string }> {
  const sha256Hash = (await operationHashes(web))[name]
  const answer = await fetch(`${web}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ variables, extensions: { persistedQuery: { version: 1, sha256Hash } } }),
  })
  const text = await answer.text()
  return { ...(JSON.parse(text) as GraphqlAnswer<Data>), status: answer.status, text }
}
