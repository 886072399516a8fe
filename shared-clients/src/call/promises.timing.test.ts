/** The benches of the call chain, scaled down: the same code that prints the full figures. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

// Not here: call-cost and bulkhead's p99, which compare times that a machine busy with other tests does not show;
// hedging, since the p99.9 of a few hundred calls is the slowest of them (what a hedge does is in hedge.timing.test.ts).
test.each([
  ['deadline', { CALLS: 20 }],
  ['cancellation', { REQUESTS: 5 }],
  ['retry-budget', { SECONDS: 1 }],
  ['breaker', { ROUNDS: 1 }],
  ['coalescing', {}],
  ['leaks', { CALLS: 21_000 }],
])(
  'bench/%s: every promise holds, scaled down',
  // The machine is shared: a promise that is broken is broken three times in a row.
  { timeout: 45_000, retry: 2 },
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
)
