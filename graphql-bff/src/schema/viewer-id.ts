import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Context } from '../context.ts'

/** @throws {ProblemError} `UNAUTHENTICATED`; access.ts has checked that before */
export function viewerId({ viewer }: Pick<Context, 'viewer'>): string {
  if (!viewer) throw new ProblemError('UNAUTHENTICATED')
  return viewer.id
}
