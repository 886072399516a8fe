import { type Call, Refusal } from './routes.ts'

/** The present state of the thing that a write changes. */
type Present = { version: number; updatedAt: string }

/**
 * Refuses a write whose precondition does not hold (RFC 9110, 13.2.2). The entity tag of a thing is its version:
 * `If-Match: "7", "8"`. A weak tag never matches for a write that must not lose an update.
 * @throws {Refusal} 412
 */
export function requirePreconditions({ preconditions }: Call, { version, updatedAt }: Present): void {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = preconditions
  const tag = `"${version}"`
  const failed =
    (ifMatch !== undefined
      ? !names(ifMatch, tag)
      : ifUnmodifiedSince !== undefined && isAfter(updatedAt, ifUnmodifiedSince)) ||
    (ifNoneMatch !== undefined && names(ifNoneMatch.replaceAll('W/', ''), tag))
  if (failed) throw new Refusal(412, 'PRECONDITION_FAILED', `the version is ${version}`)
}

const names = (header: string, tag: string): boolean =>
  header.split(',').some((member) => member.trim() === tag || member.trim() === '*')

/** HTTP dates have whole seconds. */
const isAfter = (instant: string, date: string): boolean =>
  Math.floor(Date.parse(instant) / 1_000) > Date.parse(date) / 1_000
