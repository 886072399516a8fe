import { createBrowser, logIn } from '@harbor/shared-testing/browser'
import { lintAnswer } from './cookie-linter.ts'
import type { System } from './harness.ts'

export type GraphqlAnswer<Data> = {
  data: Data
  errors?: { path?: (string | number)[]; message: string; extensions: { code: string; retryable: boolean } }[]
  extensions?: { degraded?: string[] }
}

/** What every request of a page of the dashboard carries. */
export const CSRF = { 'x-csrf': '1' }

/** A browser that checks every cookie of the web BFF against the rules for cookies. */
export const webBrowser = (web: string) =>
  createBrowser((url, answer) => void (url.startsWith(web) && lintAnswer(answer, url)))

/** Logs a user in through the form of the identity service; gives the cookie of the session. */
export async function logInTo(
  { web }: Pick<System, 'web'>,
  user: { username: string; password: string },
): Promise<string> {
  const browser = webBrowser(web)
  const { url } = await logIn(browser, web, user)
  if (url !== `${web}/`) throw new Error(`${user.username} is not logged in, but at ${url}`)
  return browser.cookies(web)
}

/** Hashes of the dashboard's operations, by name. */
export const operationHashes = async (web: string): Promise<Record<string, string>> =>
  (await fetch(`${web}/operations.json`)).json()

/** Calls an operation of the dashboard by its hash. */
export async function persisted<Data>(
  { web }: Pick<System, 'web'>,
  name: string,
  variables: Record<string, unknown>,
  cookie?: string,
  signal?: AbortSignal,
): Promise<GraphqlAnswer<Data> & { status: number; text: string }> {
  const sha256Hash = (await operationHashes(web))[name]
  const answer = await fetch(`${web}/graphql`, {
    method: 'POST',
    headers: {
      ...CSRF,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(cookie !== undefined && { cookie }),
    },
    ...(signal && { signal }),
    body: JSON.stringify({ variables, extensions: { persistedQuery: { version: 1, sha256Hash } } }),
  })
  const text = await answer.text()
  return { ...(JSON.parse(text) as GraphqlAnswer<Data>), status: answer.status, text }
}
