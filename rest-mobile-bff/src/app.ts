import type { ClientSet } from '@harbor/shared-clients'
import type { TokenVerifier } from '@harbor/shared-runtime/auth'
import type { Log } from '@harbor/shared-runtime/log'
import { Hono } from 'hono'
import { apiReference } from './api-reference.ts'
import { answerProblem, methodNotAllowed, unknownRoute } from './problem-answer.ts'
import { type RequestEnv, tracing } from './request.ts'
import { SCREENS } from './screens/index.ts'
import { serveScreen } from './serve-screen.ts'

export type Dependencies = { clients: ClientSet; verify: TokenVerifier; log: Log }

/** The mobile API: every route on one page, and no I/O of its own. */
export function createApp({ clients, verify, log }: Dependencies) {
  const app = new Hono<RequestEnv>()
  app.use(tracing(log))
  app.route('/', apiReference(SCREENS))
  for (const screen of SCREENS) {
    const path = screen.path.replace(/\{(\w+)\}/g, ':$1')
    app.get(path, serveScreen(screen, { clients, verify, log }))
    app.all(path, methodNotAllowed('GET, HEAD'))
  }
  app.notFound(unknownRoute)
  app.onError(answerProblem(log))
  return app
}
