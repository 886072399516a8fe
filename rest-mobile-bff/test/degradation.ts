import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, ServiceName } from '@harbor/mock-services'
import type { Screen } from '@harbor/shared-edge/rest/screen'
import { PROBLEMS, type ProblemCode } from '@harbor/shared-runtime/problems'
import { inspectScreen, type Need, samplePath } from './inspect-screen.ts'
import { type Mobile, startMobile } from './mobile.ts'

/** One screen with one thing wrong, and what came of it. */
export type Case = {
  screen: string
  /** `cart, orders`: all of these at once. */
  upstream: string
  need: Need | 'all of'
  trouble: Trouble
  /** As a person reads it. */
  outcome: string
  /** What is `null` that was not: `lines[].price`. */
  missing: readonly string[]
  /** How it differs from what the definition of the screen promises; `undefined`: it does not. */
  surprise: string | undefined
}

type Trouble = keyof typeof TROUBLES
type Injection = {
  fault: (screen: Screen) => Fault
  /** The problem, if the upstream is critical; none: it is no trouble at all. */
  problem?: ProblemCode
  /** Calls with the same fault, one after the other: cut off and of wrong types come by turns. */
  times?: number
}

const TROUBLES = {
  'slow, within the budget': { fault: () => ({ latencyMs: 25 }) },
  error: { fault: () => ({ errorRate: 1 }), problem: 'UPSTREAM_UNAVAILABLE' },
  malformed: { fault: () => ({ malformed: true }), problem: 'UPSTREAM_INVALID', times: 2 },
  hang: { fault: () => ({ hang: true }), problem: 'UPSTREAM_TIMEOUT' },
  'slow, beyond the budget': {
    fault: ({ budgetMs }) => ({ latencyMs: budgetMs + 250 }),
    problem: 'UPSTREAM_TIMEOUT',
  },
} as const satisfies Record<string, Injection>

/** A shared machine may be late for reasons of its own; what a BFF does wrong it does each time. */
const TRIES = 4
/** Milliseconds over the budget that such a machine may take. */
const SLACK_MS = 250
/** Screens side by side: mostly they wait. */
const LANES = 3

/** Every screen with every trouble at every upstream that it uses, against real services and over real connections. */
export async function degradationCases(screens: readonly Screen[]): Promise<Case[]> {
  const waiting = [...screens.entries()]
  const cases: Case[][] = []
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) cases[next[0]] = await casesOf(next[1])
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return cases.flat()
}

/** What is broken together, and what the screen is then, but for a critical one: that is a problem. */
type Source = { down: readonly string[]; need: Case['need']; body: string; degraded: readonly string[] }

async function casesOf(screen: Screen): Promise<Case[]> {
  const { upstreams } = await withMobile((mobile) => inspectScreen(screen, mobile))
  const sources: Source[] = [...upstreams].map(([upstream, found]) => ({ down: [upstream], ...found }))
  const oneOf = sources.flatMap(({ need, down }) => (need === 'one-of' ? down : []))
  if (oneOf.length > 0) sources.push({ down: oneOf, need: 'all of', body: '', degraded: [] })
  const cases: Case[] = []
  for (const source of sources) cases.push(...(await casesOfSource(screen, source)))
  return cases
}

/** All troubles of one source, with services and clients of its own: no breaker opens for what befell another. */
async function casesOfSource(screen: Screen, source: Source): Promise<Case[]> {
  let cases: Case[] = []
  for (let attempt = 0; attempt < TRIES; attempt++) {
    cases = await withMobile(async (mobile) => {
      const path = await samplePath(screen, mobile)
      const tried: Case[] = []
      for (const trouble of Object.keys(TROUBLES) as Trouble[])
        tried.push(await tryTrouble(mobile, screen, path, source, trouble))
      return tried
    })
    if (cases.every(({ surprise }) => surprise === undefined)) break
  }
  return cases
}

async function withMobile<T>(use: (mobile: Mobile) => Promise<T>): Promise<T> {
  const mobile = await startMobile()
  try {
    return await use(mobile)
  } finally {
    await mobile.stop()
  }
}

async function tryTrouble(
  mobile: Mobile,
  screen: Screen,
  path: string,
  source: Source,
  trouble: Trouble,
): Promise<Case> {
  const { fault, problem, times = 1 }: Injection = TROUBLES[trouble]
  const one = { screen: screen.name, upstream: source.down.join(', '), need: source.need, trouble }
  let seen: Case = { ...one, outcome: '', missing: [], surprise: undefined }
  for (let n = 0; n < times && seen.surprise === undefined; n++) {
    const whole = await wholeAnswer(mobile, screen, path)
    for (const upstream of source.down) await mobile.mocks.setFault(upstream as ServiceName, fault(screen))
    const start = performance.now()
    const answer = await mobile.get(path)
    const ms = performance.now() - start
    await mobile.mocks.clearFaults()
    const late = ms > screen.budgetMs + SLACK_MS ? `took ${Math.round(ms)} ms` : ''
    const missing = answer.status === 200 ? nulled(whole.json, answer.json) : []
    const surprise =
      late || differences(answer, expectation(source, problem, whole.text)) || strange(answer, missing)
    seen = { ...one, outcome: outcomeOf(answer), missing, surprise: surprise || undefined }
  }
  return seen
}

/** What it is when nothing is broken; asked again until the machine is quiet enough to tell one from the other. */
async function wholeAnswer(mobile: Mobile, { budgetMs }: Screen, path: string): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    const start = performance.now()
    const answer = await mobile.get(path)
    const quiet = performance.now() - start < budgetMs / 4
    const whole = answer.status === 200 && answer.headers.get('x-degraded') === null
    if ((quiet && whole) || attempt === 40) return answer
    await sleep(25)
  }
}

type Answer = Awaited<ReturnType<Mobile['get']>>
type Expected = { code: ProblemCode } | { text: string; degraded: readonly string[] }

/** What the definition promises: its problem, the whole answer, or what it was when asked without this upstream. */
function expectation(
  { need, body, degraded }: Source,
  problem: ProblemCode | undefined,
  whole: string,
): Expected {
  if (problem === undefined) return { text: whole, degraded: [] }
  if (need === 'critical') return { code: problem }
  return need === 'all of' ? { code: 'UPSTREAM_UNAVAILABLE' } : { text: body, degraded }
}

/** `''` when an answer is as expected in all of status, body and headers. */
function differences({ status, json, text, headers }: Answer, expected: Expected): string {
  const seen = (name: string) => headers.get(name) ?? undefined
  const checks: [string, unknown, unknown][] =
    'code' in expected
      ? [
          ['status', status, PROBLEMS[expected.code].status],
          ['code', json.code, expected.code],
          ['retryable', json.retryable, PROBLEMS[expected.code].retryable],
          ['Content-Type', seen('content-type'), 'application/problem+json'],
          ['Cache-Control', seen('cache-control'), 'no-store'],
        ]
      : [
          ['status', status, 200],
          ['body as promised', text === expected.text, true],
          ['degraded', json.degraded?.join(), expected.degraded.join()],
          ['X-Degraded', seen('x-degraded'), expected.degraded.join(', ') || undefined],
          ['no-store', seen('cache-control') === 'no-store' || expected.degraded.length === 0, true],
        ]
  return checks
    .filter(([, given, wanted]) => given !== wanted)
    .map(([what, given, wanted]) => `${what}: ${given} instead of ${wanted}`)
    .join('; ')
}

/** What is in a 200 is as in the whole answer, or null; and something is missing if it is degraded. */
function strange({ status, json }: Answer, missing: readonly string[]): string {
  const other = missing.filter((path) => path.startsWith('!'))
  if (other.length > 0) return `not null, but other than it was: ${other.join()}`
  return status === 200 && json.degraded.length > 0 && missing.length === 0 ? 'nothing is missing' : ''
}

/** The paths that are null in one answer and not in the other; with a `!` those that differ without being null. */
function nulled(whole: unknown, now: unknown, path = ''): string[] {
  if (now === null) return whole === null ? [] : [path]
  if (Array.isArray(whole) && Array.isArray(now) && whole.length === now.length && path !== 'degraded')
    return [...new Set(whole.flatMap((item, i) => nulled(item, now[i], `${path}[]`)))]
  if (isRecord(whole) && isRecord(now) && Object.keys(whole).join() === Object.keys(now).join())
    return Object.keys(whole)
      .filter((key) => path !== '' || key !== 'degraded')
      .flatMap((key) => nulled(whole[key], now[key], path === '' ? key : `${path}.${key}`))
  return JSON.stringify(whole) === JSON.stringify(now) ? [] : [`!${path}`]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function outcomeOf({ status, json }: Answer): string {
  if (status !== 200) return `${status} \`${json.code}\``
  return json.degraded.length > 0 ? '200, without' : '200, whole'
}
