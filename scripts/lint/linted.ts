import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export type Source = { file: string; text: string }
type Diagnostic = { category: string; location: { path: string } }

/** The files that the lint configuration of this repository refuses for a category such as `plugin`, in order. */
export function refusedByLint(sources: readonly Source[], category: string): string[] {
  const tree = mkdtempSync(join(tmpdir(), 'lint-'))
  try {
    for (const part of ['biome.json', 'scripts/lint'])
      cpSync(join(root, part), join(tree, part), { recursive: true })
    for (const { file, text } of sources) {
      mkdirSync(dirname(join(tree, file)), { recursive: true })
      writeFileSync(join(tree, file), text)
    }
    const { stdout } = spawnSync(
      join(root, 'node_modules/.bin/biome'),
      ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=1000', '.'],
      { cwd: tree, encoding: 'utf8' },
    )
    const { diagnostics }: { diagnostics: Diagnostic[] } = JSON.parse(stdout)
    const refused = new Set(
      diagnostics.filter((one) => one.category === category).map(({ location }) => location.path),
    )
    return sources.map(({ file }) => file).filter((file) => refused.has(file))
  } finally {
    rmSync(tree, { recursive: true })
  }
}
