import { isPrivateField } from '@harbor/shared-runtime/private-fields'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { z } from 'zod'

type Place = 'path' | 'query' | 'body' | 'Idempotency-Key'

/**
 * Parses input with its schema.
 * @param place where it was given; of a text in a body or a header only the length is reported, and large numbers are
 * hidden, since they may be secret
 * @throws {ProblemError} `INVALID_REQUEST` that names each field, the given and the allowed values
 */
export function validated<S extends z.ZodType>(place: Place, schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const inUrl = place === 'path' || place === 'query'
  const faults = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const [first = ''] = issue.keys
      return `${[...issue.path, first.slice(0, 40)].join('.')} (${place}): not known here`
    }
    const shows = inUrl && !issue.path.some((part) => isPrivateField(String(part)))
    const name = issue.path.length === 0 ? place : `${issue.path.join('.')} (${place})`
    return `${name}: given ${describe(at(given, issue.path), shows)}. ${issue.message}`
  })
  throw new ProblemError('INVALID_REQUEST', faults.join('; '))
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  )

const SHOWN_CHARACTERS = 40

function describe(value: unknown, shows: boolean): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string' && shows) return JSON.stringify(value.slice(0, SHOWN_CHARACTERS))
  if (typeof value === 'string') return `a text of ${value.length} characters`
  // A long number may be a card number.
  if (typeof value === 'number' && Math.abs(value) > 1_000_000) return 'a large number'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
