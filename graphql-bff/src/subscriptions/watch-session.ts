import type { Viewer } from '@harbor/shared-runtime/auth'
import type { RecallViewer } from '../session/recall-viewer.ts'

/** How soon the end of a session, or a role that is gone, is noticed. */
const LOOK_EVERY_MS = 10_000

/**
 * Looks at a session from time to time, and calls `changed` when it has ended or has other roles.
 * @returns ends it
 */
export function watchSession(
  session: string,
  seen: Viewer | undefined,
  { recall, budgetMs }: { recall: RecallViewer; budgetMs: number },
  changed: () => void,
): () => void {
  let known = rolesOf(seen)
  const timer = setInterval(async () => {
    const { viewer, noViewer } = await recall(session, performance.now() + budgetMs)
    // Not known just now: it may be as it was.
    if (noViewer?.retryable) return
    const roles = rolesOf(viewer)
    if (known !== roles) changed()
    known = roles
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

const rolesOf = (viewer: Viewer | undefined) => (viewer ? [...viewer.roles].sort().join(' ') : undefined)
