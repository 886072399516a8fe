import type { CallFault, CallSpan, RequestRecord } from '../traces/record.ts'

/** Why a request was answered as it was. */
export type Cause = {
  /** One sentence for a person on call. */
  readonly sentence: string
  /** The upstream that is behind it; none when everything was well, or the request itself was not. */
  readonly upstream: string | undefined
  readonly fault: CallFault['kind'] | 'slow' | 'failed' | undefined
}

/** The cause of an answer, from the record of its request. */
export function causeOf(record: RequestRecord): Cause {
  const { facts } = record
  if (record.kept === 'shed')
    return without(
      facts.problem === 'RATE_LIMITED'
        ? 'It was refused: its consumer had sent more requests than its limit allows.'
        : `It was refused: it could not have been answered within its budget${budget(record)}.`,
    )
  const failed = failedSpan(record)
  if (failed?.fault) {
    const { upstream, kind, words } = failed.fault
    return {
      sentence: `${upstream} ${words}${more(failed)}${breaker(record, failed.fault)}${effect(record)}.`,
      upstream,
      fault: kind,
    }
  }
  const [fault] = facts.faults
  if (fault?.upstream !== undefined)
    return {
      sentence: `${fault.upstream} failed (${fault.code}) in a call of another request or of the cache${effect(record)}.`,
      upstream: fault.upstream,
      fault: 'failed',
    }
  if (fault) return without(`It failed by an error of this process${effect(record)}; the log has its stack.`)
  if (facts.degraded.length > 0)
    return without(`It shared an answer that was built without ${list(facts.degraded)}.`)
  if (facts.status >= 400)
    return without(`It was answered with ${[facts.status, facts.problem ?? ''].join(' ').trim()}.`)
  return timeOf(record)
}

const without = (sentence: string): Cause => ({ sentence, upstream: undefined, fault: undefined })

/** The failed call that the answer is about: of an upstream that its steps name, else the first. */
function failedSpan({ spans, facts }: RequestRecord): CallSpan | undefined {
  if (facts.status < 500 && facts.degraded.length === 0 && facts.faults.length === 0) return undefined
  const failed = spans.filter(({ fault }) => fault !== undefined)
  const named = new Set(facts.faults.flatMap(({ upstream }) => upstream?.split(', ') ?? []))
  return failed.find(({ fault }) => named.has(fault?.upstream ?? '')) ?? failed[0]
}

const more = ({ retries, hedgedAfterMs, attempts }: CallSpan): string =>
  retries > 0
    ? ` in ${attempts} attempts`
    : hedgedAfterMs !== undefined
      ? `, nor did a second attempt after ${Math.round(hedgedAfterMs)} ms`
      : ''

function breaker({ breakers }: RequestRecord, { upstream, kind }: CallFault): string {
  const open = breakers.find((one) => one.upstream === upstream)
  if (!open) return ''
  const after = kind === 'breaker-open' && open.after !== undefined ? `, after it ${open.after}` : ''
  return `; its breaker opened at ${new Date(open.at).toISOString().slice(11, 19)}${after}`
}

function effect({ facts }: RequestRecord): string {
  if (facts.degraded.length > 0) return `, so the answer came without ${list(facts.degraded)}`
  if (facts.status >= 500) return `, so it was answered with ${facts.status} ${facts.problem ?? ''}`.trimEnd()
  return ''
}

/** Where the time went. */
function timeOf(record: RequestRecord): Cause {
  const { ms } = record.facts
  const longest = record.spans.toSorted((one, other) => other.ms - one.ms)[0]
  if (!longest) return without(`Answered in ${ms} ms without an upstream call.`)
  const { upstream } = longest
  if (record.kept !== 'slow')
    return {
      sentence: `Answered in ${ms} ms; the longest wait was ${upstream}, ${Math.round(longest.ms)} ms.`,
      upstream,
      fault: undefined,
    }
  if (longest.ms < ms / 2)
    return without(
      `It took ${ms} ms${budget(record)}, most of it in this process; the longest call took ${Math.round(longest.ms)} ms.`,
    )
  const sentence = `${upstream} was slow: it took ${Math.round(longest.ms)} of the ${ms} ms${budget(record)}.`
  return { sentence, upstream, fault: 'slow' }
}

const budget = ({ facts: { budgetMs } }: RequestRecord): string =>
  budgetMs === undefined ? '' : ` of a budget of ${budgetMs} ms`

const list = (names: readonly string[]): string => names.join(', ')
