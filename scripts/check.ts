/** Static checks of the tree; each step names the command that fixes it. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const STEPS = [
  { name: 'format, lint, layers', run: ['biome', 'ci', '--error-on-warnings', '.'], mend: 'pnpm format' },
  { name: 'types', run: ['tsc', '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'unused files, exports, dependencies', run: ['knip'] },
  { name: 'contracts', run: [process.execPath, 'scripts/contracts.ts', '--check'], mend: 'pnpm contracts' },
  { name: 'patterns take linear time', run: [process.execPath, 'scripts/patterns.ts'] },
  { name: 'links in the docs', run: [process.execPath, 'scripts/links.ts'] },
]

const failed: string[] = []
for (const { name, run, mend } of STEPS) {
  const [command = '', ...args] = run
  const started = performance.now()
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${status !== 0 && mend ? `: ${mend}` : ''}`,
  )
  if (status !== 0) failed.push(name)
}
if (failed.length > 0) process.exit(1)
