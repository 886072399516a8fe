import type { Viewer } from '@harbor/shared-runtime/auth'
import { ProblemError } from '@harbor/shared-runtime/problems'

/**
 * A thing of the viewer's own. Another customer's is not forbidden but not there: its id must not be confirmed.
 * The services see to that, too; a screen does not rely on it.
 * @throws {ProblemError} `NOT_FOUND`
 */
export function owned<T extends { customerId: string }>(viewer: Viewer, thing: T): T {
  if (thing.customerId !== viewer.id) throw new ProblemError('NOT_FOUND')
  return thing
}
