import type { Viewer } from '@harbor/shared-runtime/auth'
import { ProblemError } from '@harbor/shared-runtime/problems'

/**
 * Checks that a resource belongs to the viewer. Another customer's is reported as not found, so that its id is not
 * confirmed. The services check this, too; a screen does not rely on it.
 * @throws {ProblemError} `NOT_FOUND`
 */
export function owned<T extends { customerId: string }>(viewer: Viewer, thing: T): T {
  if (thing.customerId !== viewer.id) throw new ProblemError('NOT_FOUND')
  return thing
}
