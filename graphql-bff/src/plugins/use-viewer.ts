import { bearerToken, type TokenVerifier } from '@harbor/shared-runtime/auth'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Plugin } from 'graphql-yoga'
import type { RequestState } from '../context.ts'

/**
 * Finds out who asks, before the body is read. No credential is an anonymous viewer; a credential that is not
 * valid ends the request, whatever it asks for.
 */
export const useViewer = (verify: TokenVerifier): Plugin<object, RequestState> => ({
  async onRequestParse({ request, serverContext }) {
    const authorization = request.headers.get('authorization')
    if (authorization === null) return
    const token = bearerToken(authorization)
    if (token === undefined) throw new ProblemError('UNAUTHENTICATED')
    serverContext.viewer = await verify(token)
  },
})
