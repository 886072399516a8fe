import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { BFFS } from '../bffs.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const REFUSED = [
  'const WORDS: Record<string, number> = { a: 1 }\nexport const word = (name: string) => WORDS[name]\n',
  "const words: Readonly<Partial<Record<number, string>>> = {\n  1: 'a',\n}\nexport const word = (name: number) => words[name]\n",
  'const WORDS: Readonly<\n  Record<string, readonly [number, string]>\n> = { a: [1, "b"] }\nexport const word = (name: string) => WORDS[name]\n',
  'const WORDS = { a: 1 }\nexport const knows = (name: string) => name in WORDS\n',
  'const WORDS = { a: 1 }\nexport const word = (name: string) => WORDS[name as keyof typeof WORDS]\n',
]
const ALLOWED = [
  "const WORDS = new Map([['a', 1]])\nexport const word = (name: string) => WORDS.get(name)\n",
  "const WORDS: Record<'a' | 'b', number> = { a: 1, b: 2 }\nexport const word = (name: 'a' | 'b') => WORDS[name]\n",
  "export const hasName = (thing: object) => 'name' in thing\n",
  'const counts: Record<string, number> = {}\nexport const all = counts\n',
  'export function headers(etag: string) {\n  const all: Record<string, string> = { ETag: etag }\n  return all\n}\n',
]
/** Of every package whose code meets names from outside. */
const FOLDERS = ['shared-runtime', 'shared-clients', 'mock-services', ...BFFS.map(({ name }) => name)]

it('a table that any string may index is refused in every package, a Map and a closed table are not', () => {
  const tree = mkdtempSync(join(tmpdir(), 'plain-lookup-'))
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
