import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const script = fileURLToPath(new URL('patterns.ts', import.meta.url))

/** Runs the check over a tree of one file. */
function checked(source: string) {
  const tree = mkdtempSync(join(tmpdir(), 'patterns-'))
  onTestFinished(() => rmSync(tree, { recursive: true }))
  mkdirSync(join(tree, 'shared-x/src'), { recursive: true })
  writeFileSync(join(tree, 'package.json'), '{"type":"module"}')
  writeFileSync(join(tree, 'shared-x/src/a.ts'), source)
  return spawnSync(process.execPath, [script, tree], { encoding: 'utf8' })
}

test.each([
  ['the entity tags of before', String.raw`export const a = /[ \t]*(?:(?:W\/)?("[^"]*"))?[ \t]*(?:,|$)/y`],
  ['a trim at the end', String.raw`export const a = (text: string) => text.replace(/\s+$/, '')`],
  ['a split with space around', String.raw`export const a = (text: string) => text.split(/\s*,\s*/)`],
  ['an exponential one in zod', 'export const a = (z: any) => z.string().regex(/^(a|a)*$/)'],
  ['one that is put together', "const part = '(a+)+'\nexport const a = new RegExp('^' + part + '$')"],
  ['one that is made when it is used', 'export const a = (part: string) => new RegExp(part)'],
])('%s is refused, with its place', (_, source) => {
  const { status, stderr } = checked(source)
  expect([status, stderr]).toEqual([1, expect.stringContaining('shared-x/src/a.ts')])
})

test('linear ones pass', () => {
  const { status, stdout } = checked(
    String.raw`export const a = [/^W\//, /\s+/g, /^[\w-]{1,64}$/, new RegExp('^a+$')]`,
  )
  expect([status, stdout]).toEqual([0, '4 patterns, all linear\n'])
})
