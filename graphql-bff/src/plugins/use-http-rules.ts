import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Plugin } from 'graphql-yoga'

/**
 * Takes JSON bodies only (forms could be sent by any site's page without asking), and says of what cannot be
 * parsed that the request is wrong, not this process.
 */
export const useHttpRules = (): Plugin => ({
  onRequestParse({ request, requestParser, setRequestParser }) {
    if (request.method === 'POST' && !isJson(request))
      throw new ProblemError('INVALID_REQUEST', 'The body must be application/json.')
    if (!requestParser) return
    setRequestParser(async (parsed) => {
      try {
        return await requestParser(parsed)
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        throw new ProblemError('INVALID_REQUEST', 'Not valid JSON.', { cause: error })
      }
    })
  },
})

const isJson = (request: Request) =>
  /^application\/json(;|$)/i.test(request.headers.get('content-type')?.trim() ?? '')
