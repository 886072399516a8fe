import { readJsonBody } from '@harbor/shared-edge/limits/read-body'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { GraphQLParams, Plugin } from 'graphql-yoga'

/**
 * Takes JSON bodies only (forms could be sent by any site's page without asking), within the limits of all bodies,
 * and says of what cannot be parsed that the request is wrong, not this process. Connections are the server's.
 */
export const useHttpRules = (): Plugin => ({
  onRequestParse({ request, requestParser, setRequestParser }) {
    if (request.method === 'POST') setRequestParser(async (posted) => paramsOf(await readJsonBody(posted)))
    else if (requestParser)
      setRequestParser(async (got) => {
        try {
          return await requestParser(got)
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error
          throw new ProblemError('INVALID_REQUEST', 'Not valid JSON.', { cause: error })
        }
      })
  },
  onResponse({ response }) {
    for (const name of OF_THE_SERVER) response.headers.delete(name)
    // An answer in parts has no headers of its own.
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store')
  },
})

/** Yoga sets these on streams, and so keeps connections that the consumer, or a drain, wants closed. */
const OF_THE_SERVER = ['connection', 'transfer-encoding']

/** Yoga looks at each parameter later; it takes for granted that there are some. */
function paramsOf(body: unknown): GraphQLParams {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new ProblemError('INVALID_REQUEST', 'The body must be one JSON object.')
}
