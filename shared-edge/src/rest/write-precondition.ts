import { ProblemError } from '@harbor/shared-runtime/problems'
import { NoEffectError } from '@harbor/shared-runtime/writes/idempotency'
import type { Precondition } from '@harbor/shared-runtime/writes/precondition'
import type { HonoRequest } from 'hono'
import { revisionsOf } from '../caching/preconditions.ts'
import { entityTags } from '../entity-tags.ts'

/**
 * What a write changes, with regard to conditional headers. `revisioned`: a resource whose ETags start with its
 * revision. `unversioned`: an existing resource without a validator. `nothing`: it creates a new one.
 */
export type Target = 'revisioned' | 'unversioned' | 'nothing'

/**
 * The conditions of a write in the order of RFC 9110, 13.2.2, for the service to check atomically with the write.
 * Evaluated for each attempt that may write, never for a replayed answer.
 * @throws {NoEffectError} with `PRECONDITION_FAILED`, when no state of the resource could fulfil them
 */
export function writePrecondition(target: Target, request: HonoRequest): Precondition | undefined {
  const ifMatch = listed(request, 'if-match')
  const ifNoneMatch = listed(request, 'if-none-match')
  const date = request.header('if-unmodified-since')
  if (target !== 'revisioned') {
    if (ifMatch !== undefined && !(ifMatch === '*' && target === 'unversioned'))
      throw failed('If-Match: not supported here, because the resource has no ETag.')
    if (ifNoneMatch === '*' && target === 'unversioned')
      throw failed('If-None-Match: *: the resource exists.')
    return undefined
  }
  if (ifNoneMatch === '*') throw failed('If-None-Match: *: the resource exists.')
  const versions = ifMatch && ifMatch !== '*' ? revisionsOf(ifMatch, { strong: true }) : undefined
  if (versions?.length === 0)
    throw failed('If-Match: allowed: an ETag of a read or a write of the same resource, or *.')
  const otherThan = revisionsOf(ifNoneMatch ?? [], { strong: false })
  const unmodifiedSince = ifMatch === undefined && date !== undefined ? httpDate(date) : undefined
  return {
    ...(versions && { versions }),
    ...(otherThan.length > 0 && { otherThan }),
    ...(unmodifiedSince !== undefined && { unmodifiedSince }),
  }
}

const listed = (request: HonoRequest, name: string) => {
  const header = request.header(name)
  return header === undefined ? undefined : entityTags(header)
}

const failed = (detail: string): NoEffectError =>
  new NoEffectError(new ProblemError('PRECONDITION_FAILED', detail))

/** RFC 9110, 5.6.7: the current format, and two obsolete ones that recipients must accept. */
const DATES = [
  /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
]

/** In the current format; undefined for an invalid date, which must be ignored (RFC 9110, 13.1.4). */
function httpDate(text: string): string | undefined {
  if (!DATES.some((form) => form.test(text))) return undefined
  const instant = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(instant) ? undefined : new Date(instant).toUTCString()
}
