import { expect, it } from 'vitest'
import { BFFS } from '../../bffs.ts'
import { refusedByLint } from './linted.ts'

const ALL_BFFS = BFFS.map(({ name }) => name)

type Rule = {
  what: string
  folders: readonly string[]
  refused: readonly string[]
  allowed: readonly string[]
}

const RULES: readonly Rule[] = [
  {
    what: 'a table that any string may index, where a Map or a closed table is meant',
    folders: ['shared-runtime', 'shared-clients', 'mock-services', ...ALL_BFFS],
    refused: [
      'const WORDS: Record<string, number> = { a: 1 }\nexport const word = (name: string) => WORDS[name]\n',
      "const words: Readonly<Partial<Record<number, string>>> = {\n  1: 'a',\n}\nexport const word = (name: number) => words[name]\n",
      'const WORDS: Readonly<\n  Record<string, readonly [number, string]>\n> = { a: [1, "b"] }\nexport const word = (name: string) => WORDS[name]\n',
      'const WORDS = { a: 1 }\nexport const knows = (name: string) => name in WORDS\n',
      'const WORDS = { a: 1 }\nexport const word = (name: string) => WORDS[name as keyof typeof WORDS]\n',
    ],
    allowed: [
      "const WORDS = new Map([['a', 1]])\nexport const word = (name: string) => WORDS.get(name)\n",
      "const WORDS: Record<'a' | 'b', number> = { a: 1, b: 2 }\nexport const word = (name: 'a' | 'b') => WORDS[name]\n",
      "export const hasName = (thing: object) => 'name' in thing\n",
      'const counts: Record<string, number> = {}\nexport const all = counts\n',
      'export function headers(etag: string) {\n  const all: Record<string, string> = { ETag: etag }\n  return all\n}\n',
    ],
  },
  {
    what: 'the wall clock, unless a line says who reads the instant',
    folders: ['shared-runtime', 'shared-clients', 'shared-edge', ...ALL_BFFS],
    refused: [
      'export const began = Date.now()\n',
      'export const label = (now = new Date()) => now.getDay()\n',
      'const clock = { now: Date.now }\nexport const began = clock.now()\n',
      '// biome-ignore lint/plugin: of the next line only\nexport const one = Date.now()\nexport const two = Date.now()\n',
    ],
    allowed: [
      'export const began = performance.now()\n',
      'export const changed = new Date(1_700_000_000_000)\n',
      'export const at = (text: string) => Date.parse(text)\n',
      '// biome-ignore lint/plugin: exp of a JWT\nexport const isOver = (exp: number) => exp * 1000 < Date.now()\n',
    ],
  },
]

it.each(RULES)('lint refuses $what, in every package', ({ folders, refused, allowed }) => {
  const sources = [...refused, ...allowed].flatMap((text, index) =>
    folders.map((folder) => ({ file: `${folder}/src/case${index}.ts`, text })),
  )
  expect(refusedByLint(sources, 'plugin')).toEqual(
    sources.slice(0, refused.length * folders.length).map(({ file }) => file),
  )
})
