import { ProblemError } from '@harbor/shared-runtime/problems'
import { NoEffectError } from '@harbor/shared-runtime/writes/idempotency'
import type { Precondition } from '@harbor/shared-runtime/writes/precondition'
import type { HonoRequest } from 'hono'
import { revisionsOf } from '../caching/preconditions.ts'
import { entityTags } from '../entity-tags.ts'

/**
 * What a write changes, as far as conditional headers are concerned. `revisioned`: a thing whose ETags start with its
 * revision. `unversioned`: something that is there, and has no validator. `nothing`: it makes something new.
 */
export type Target = 'revisioned' | 'unversioned' | 'nothing'

/**
 * The conditions of a write in the order of RFC 9110, 13.2.2, as what the service has to check in the same step as the
 * write. Asked for each try that may write, never for one that is answered as before.
 * @throws {NoEffectError} with `PRECONDITION_FAILED`, when no state of the thing could fulfil them
 */
export function writePrecondition(target: Target, request: HonoRequest): Precondition | undefined {
  const ifMatch = listed(request, 'if-match')
  const ifNoneMatch = listed(request, 'if-none-match')
  const date = request.header('if-unmodified-since')
  if (target !== 'revisioned') {
    if (ifMatch !== undefined && !(ifMatch === '*' && target === 'unversioned'))
      throw failed('If-Match: not to be had here, where nothing has an ETag.')
    if (ifNoneMatch === '*' && target === 'unversioned') throw failed('If-None-Match: *: it is there.')
    return undefined
  }
  if (ifNoneMatch === '*') throw failed('If-None-Match: *: it is there.')
  const versions = ifMatch && ifMatch !== '*' ? revisionsOf(ifMatch, { strong: true }) : undefined
  if (versions?.length === 0)
    throw failed('If-Match: allowed is an ETag of a read or of a write of the same thing, or *.')
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

/** RFC 9110, 5.6.7: the form of today, and two that recipients must still read. */
const DATES = [
  /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
]

/** In the form of today; undefined for what is no date, which is to be passed over (RFC 9110, 13.1.4). */
function httpDate(text: string): string | undefined {
  if (!DATES.some((form) => form.test(text))) return undefined
  const instant = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(instant) ? undefined : new Date(instant).toUTCString()
}
