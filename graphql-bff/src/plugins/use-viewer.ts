import { requireTime } from '@harbor/shared-runtime/arrival'
import type { Plugin } from 'graphql-yoga'
import type { RequestState } from '../context.ts'
import type { ResolveViewer } from '../session/resolve-viewer.ts'

/**
 * Finds out who asks, before the body is read. Whoever is not known is anonymous; why not is what the fields
 * that need a user answer.
 */
export const useViewer = (resolveViewer: ResolveViewer, budgetMs: number): Plugin<object, RequestState> => ({
  async onRequestParse({ request, serverContext }) {
    const deadline = (serverContext.arrivedAt ?? performance.now()) + budgetMs
    requireTime(deadline)
    const asking = await resolveViewer(request.headers.get('cookie'), deadline)
    const { viewer, noViewer } = asking
    if (asking.viewer) {
      await serverContext.countAs?.('session', asking.sessionKey)
      await serverContext.countAs?.('user', asking.viewer.id)
    }
    Object.assign(serverContext, { viewer, noViewer, session: asking.sessionKey })
  },
})
