import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { BFFS } from '../bffs.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const REFUSED = [
  'export const began = Date.now()\n',
  'export const label = (now = new Date()) => now.getDay()\n',
  'const clock = { now: Date.now }\nexport const began = clock.now()\n',
  '// biome-ignore lint/plugin: of the next line only\nexport const one = Date.now()\nexport const two = Date.now()\n',
]
const ALLOWED = [
  'export const began = performance.now()\n',
  'export const changed = new Date(1_700_000_000_000)\n',
  'export const at = (text: string) => Date.parse(text)\n',
  '// biome-ignore lint/plugin: exp of a JWT\nexport const isOver = (exp: number) => exp * 1000 < Date.now()\n',
]
const FOLDERS = ['shared-runtime', 'shared-clients', 'shared-edge', ...BFFS.map(({ name }) => name)]

it('the wall clock is refused in every package, except where a line says who reads the instant', () => {
  const tree = mkdtempSync(join(tmpdir(), 'wall-clock-'))
  for (const part of ['biome.json', 'scripts/lint'])
    cpSync(join(root, part), join(tree, part), { recursive: true })
  const written = [...REFUSED, ...ALLOWED].flatMap((source, index) =>
    FOLDERS.map((folder) => {
      const file = `${folder}/src/case${index}.ts`
      mkdirSync(dirname(join(tree, file)), { recursive: true })
      writeFileSync(join(tree, file), source)
      return file
    }),
  )
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/biome'),
    ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=200', '.'],
    { cwd: tree, encoding: 'utf8' },
  )
  rmSync(tree, { recursive: true })
  const refused = written.filter((file) =>
    JSON.parse(stdout).diagnostics.some(
      ({ category, location }: { category: string; location: { path: string } }) =>
        category === 'plugin' && location.path === file,
    ),
  )
  expect(refused).toEqual(written.slice(0, REFUSED.length * FOLDERS.length))
})
