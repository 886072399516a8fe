import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(path.join(here, 'seed-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FAILING = `
  import fc from 'fast-check'
  import { expect, test } from 'vitest'
  import { random } from '../seed.ts'
  test('fails by chance', () => {
    let drawn
    fc.assert(fc.property(fc.nat(), (n) => { drawn ??= n }), { numRuns: 1 })
    expect([random(), random(), drawn]).toEqual([])
  })
`

/** What the failing test drew, and the seed that it printed. */
function run(seed?: string): { drawn: string | undefined; printed: string | undefined } {
  writeFileSync(path.join(folder, 'failing.test.ts'), FAILING)
  const vitest = path.join(here, '../../node_modules/vitest/vitest.mjs')
  const config = `--config=${path.join(folder, 'vitest.config.ts')}`
  writeFileSync(
    path.join(folder, 'vitest.config.ts'),
    "export default { test: { setupFiles: ['../seed-setup.ts'], include: ['failing.test.ts'] } }",
  )
  const { SEED: _, ...env } = process.env
  const { stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', `--root=${folder}`, config], {
    env: { ...env, NO_COLOR: '1', ...(seed !== undefined && { SEED: seed }) },
    encoding: 'utf8',
  })
  const said = stdout + stderr
  return { drawn: /expected (\[.*\]) to deeply equal/.exec(said)?.[1], printed: /SEED=(\d+)/.exec(said)?.[1] }
}

test('a failure prints the seed from which it can be repeated, fast-check included', () => {
  const first = run()
  expect(first.printed).toMatch(/^\d+$/)
  expect(run(first.printed)).toEqual(first)
}, 60_000)
