import type { Fault, MockServices, ServiceName } from '@harbor/mock-services'
import type { ProblemCode } from '@harbor/shared-runtime/problems'
import { getOperationAST } from 'graphql'
import type { PersistedOperation } from '../../src/persisted/operations.ts'
import { OPERATIONS } from '../operations.ts'
import { differences, late, oneRow, outcomeOf } from './compare.ts'
import { nulled, pattern } from './differences.ts'
import { promised } from './promise.ts'
import { isForStaff, sampleVariables } from './samples.ts'
import { type Web, wholeAnswer, withServices, withWeb } from './web.ts'

/** One operation with one thing wrong at one upstream, and what came of it. */
export type Case = {
  readonly operation: string
  readonly upstream: string
  readonly trouble: Trouble
  /** As a person reads it; `–` where there is no such row or value. */
  readonly outcome: string
  /** What is `null` that was not: `products[].price`. */
  readonly missing: readonly string[]
  /** How it differs from what nullability promises; `undefined`: it does not. */
  readonly surprise: string | undefined
}

export type Trouble = keyof typeof TROUBLES
type Injection = { fault: Fault; code: ProblemCode; times?: number }

/** `times`: calls with the same fault, one after the other: cut off and of wrong types come by turns. */
const TROUBLES = {
  error: { fault: { errorRate: 1 }, code: 'UPSTREAM_UNAVAILABLE' },
  hang: { fault: { hang: true }, code: 'UPSTREAM_TIMEOUT' },
  malformed: { fault: { malformed: true }, code: 'UPSTREAM_INVALID', times: 2 },
  'unknown enum': { fault: { unknownEnum: true }, code: 'UNKNOWN_VALUE' },
  'one broken row': { fault: { brokenRow: true }, code: 'UPSTREAM_INVALID' },
} as const satisfies Record<string, Injection>

/** A shared machine may be late for reasons of its own; what a BFF does wrong it does each time. */
const TRIES = 4
/** Operations side by side: mostly they wait. */
const LANES = 3

export const QUERIES = [...OPERATIONS.byHash.values()].filter(
  ({ document }) => getOperationAST(document)?.operation === 'query',
)

/** Persisted queries, each with every trouble at every upstream that it calls, against real services. */
export async function webDegradationCases(queries: readonly PersistedOperation[] = QUERIES): Promise<Case[]> {
  const waiting = queries.entries()
  const cases: Case[][] = []
  const lane = () =>
    withServices(async (mocks) => {
      for (const [place, operation] of waiting) cases[place] = await casesOf(operation, mocks)
    })
  await Promise.all(Array.from({ length: LANES }, lane))
  return cases.flat()
}

async function casesOf(operation: PersistedOperation, mocks: MockServices): Promise<Case[]> {
  const upstreams = new Set([...operation.fanOut.keys()].map((call) => call.split('.', 1).join()))
  const cases: Case[] = []
  for (const upstream of upstreams)
    for (const trouble of Object.keys(TROUBLES) as Trouble[]) {
      let tried: Case | undefined
      for (let attempt = 0; attempt < TRIES && (!tried || tried.surprise); attempt++)
        tried = await withWeb(mocks, (web) => tryTrouble(web, operation, upstream, trouble))
      if (tried) cases.push(tried)
    }
  return cases
}

async function tryTrouble(
  { mocks, ask, demo }: Web,
  operation: PersistedOperation,
  upstream: string,
  trouble: Trouble,
): Promise<Case> {
  const { fault, code, times = 1 }: Injection = TROUBLES[trouble]
  const one = { operation: operation.name, upstream, trouble }
  const as = isForStaff(operation) ? 'staff' : 'customer'
  const variables = await sampleVariables(operation, { ask, demo })
  let seen: Case = { ...one, outcome: '', missing: [], surprise: undefined }
  for (let n = 0; n < times && seen.surprise === undefined; n++) {
    const whole = await wholeAnswer(() => ask(operation, variables, as))
    await mocks.setFault(upstream as ServiceName, fault)
    const answer = await ask(operation, variables, as)
    await mocks.clearFaults()
    const missing = answer.json.data ? nulled(whole.json.data, answer.json.data) : []
    const expected =
      trouble === 'one broken row'
        ? oneRow(whole, missing)
        : promised(
            operation.document,
            whole.json.data,
            upstream,
            trouble === 'unknown enum' ? trouble : 'no answer',
          )
    const surprise =
      late(answer) ||
      (whole.json.errors ? 'no whole answer to compare with' : differences(answer, expected, code))
    seen = {
      ...one,
      outcome: outcomeOf(answer),
      missing: [...new Set(missing.map(pattern))],
      surprise: surprise || undefined,
    }
  }
  return seen
}
