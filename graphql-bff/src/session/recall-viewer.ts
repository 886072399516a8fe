import { byDeadline } from '@harbor/shared-runtime/arrival'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'
import type { Refresh } from './refresh.ts'
import type { Asking } from './resolve-viewer.ts'
import { viewerOf } from './session.ts'
import type { Sessions } from './sessions.ts'

/**
 * Who has a session now, by its key in the store, for a request that lasts. Does not prolong the session, and never
 * throws; settles at the deadline, an instant of `performance.now()`, at the latest.
 */
export type RecallViewer = (sessionKey: string, deadline: number) => Promise<Asking>

type Options = { sessions: Sessions; refresh: Refresh; log: Log }

export const createRecallViewer =
  ({ sessions, refresh, log }: Options): RecallViewer =>
  async (sessionKey, deadline) => {
    try {
      const found = await byDeadline(sessions.byKey(sessionKey), deadline, 'session store')
      const session = found && (await byDeadline(refresh(found), deadline, 'identity'))
      if (!session) return { noViewer: new ProblemError('UNAUTHENTICATED') }
      return { viewer: viewerOf(session), sessionKey }
    } catch (error) {
      log.warn({ err: error }, 'session lookup failed')
      return { noViewer: toProblem(error) }
    }
  }
