import { isDeepStrictEqual } from 'node:util'
import { PROBLEMS, type ProblemCode } from '@harbor/shared-runtime/problems'
import { partName, pattern } from './differences.ts'
import type { Promised } from './promise.ts'
import { type Answer, BUDGET_MS } from './web.ts'

/** Milliseconds over the budget that a shared machine may take. */
const SLACK_MS = 250

export const late = ({ ms }: Answer) => (ms > BUDGET_MS + SLACK_MS ? `took ${Math.round(ms)} ms` : '')

/** A broken row is `null` at its place, and nothing else is: which row that is depends on the order of the upstream. */
export function oneRow({ json: { data } }: Answer, missing: readonly string[]): Promised {
  const copy = structuredClone(data) ?? null
  const kinds = new Set<string>()
  for (const path of missing) {
    if (path.startsWith('!') || kinds.has(pattern(path))) continue
    kinds.add(pattern(path))
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const parent = keys.reduce<unknown>((value, key) => Object(value)[key], copy)
    Object.assign(Object(parent), { [last]: null })
  }
  return { data: copy, errors: missing.toSorted() }
}

/** `''` when an answer is as promised in status, data, errors and headers. */
export function differences(
  { status, headers, json }: Answer,
  { data, errors }: Promised,
  code: ProblemCode,
): string {
  const shown = json.errors ?? []
  const seen: Record<string, unknown> = {
    status,
    data: json.data ?? null,
    codes: [...new Set(shown.map(({ extensions }) => extensions.code))],
    retryable: [...new Set(shown.map(({ extensions }) => extensions.retryable))],
    traced: shown.every(({ extensions }) => /^[0-9a-f]{32}$/.test(extensions.traceId)),
    paths: data === null ? 'any' : shown.map(({ path = [] }) => path.join('.')).toSorted(),
    degraded: json.extensions?.degraded.toSorted() ?? [],
    'Cache-Control': headers.get('cache-control'),
  }
  const isWhole = errors.length === 0
  const wanted: Record<string, unknown> = {
    status: data === null ? PROBLEMS[code].status : 200,
    data,
    codes: isWhole ? [] : [code],
    retryable: isWhole ? [] : [PROBLEMS[code].retryable],
    traced: true,
    paths: data === null ? 'any' : [...errors],
    degraded: data === null ? [] : [...new Set(errors.map(partName))].toSorted(),
    'Cache-Control': isWhole ? seen['Cache-Control'] : 'no-store',
  }
  return Object.entries(wanted)
    .filter(([name, value]) => !isDeepStrictEqual(value, seen[name]))
    .map(([name, value]) => `${name}: ${JSON.stringify(seen[name])} instead of ${JSON.stringify(value)}`)
    .join('; ')
}

/** As a person reads it; `–` where nothing is missing. */
export function outcomeOf({ status, json }: Answer): string {
  if (status !== 200) return `${status} \`${json.errors?.[0]?.extensions.code}\``
  return json.errors ? '200, without' : '–'
}
