/** The benches of the call chain, scaled down: the same code that prints the full figures. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

// Not here: call-cost and bulkhead's p99, which compare times that a machine busy with other tests does not show.
test.each([
  ['deadline', { CALLS: 20 }],
  ['cancellation', { REQUESTS: 5 }],
  ['retry-budget', { SECONDS: 1 }],
  ['breaker', { ROUNDS: 1 }],
  ['hedging', { CALLS: 400, WARM_UP: 400, PER_SECOND: 400, MIN_CUT: 2 }],
  ['coalescing', {}],
  ['leaks', { CALLS: 21_000 }],
])(
  'bench/%s: every promise holds, scaled down',
  async (bench, counts) => {
    const script = fileURLToPath(new URL(`../../../bench/${bench}.ts`, import.meta.url))
    const env = {
      ...process.env,
      SLACK_MS: '150',
      ...Object.fromEntries(Object.entries(counts).map(([k, n]) => [k, `${n}`])),
    }
    const { stdout } = await run(process.execPath, [script], { env, timeout: 40_000 }).catch((error) => error)
    expect(stdout).toContain('holds')
    expect(stdout).not.toContain('BROKEN')
  },
  45_000,
)
