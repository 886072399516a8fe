import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '../shared-runtime/src/errors/problems.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** In the table of problems only those of upstreams are quoted. */
const MAKING = (file: string) =>
  file.endsWith('/problems.ts')
    ? /'([A-Z_]{5,})'/g
    : /(?<=new ProblemError\(\s*|const code = [^\n]*)'([A-Z_]{5,})'/g

/** The place where a problem is created, by its code. */
function madeInCode(): Map<string, string> {
  const made = new Map<string, string>()
  for (const file of globSync('{shared-*,*-bff}/src/**/*.ts', { cwd: root })) {
    if (file.endsWith('.test.ts')) continue
    const source = readFileSync(`${root}/${file}`, 'utf8')
    for (const [, code = ''] of source.matchAll(MAKING(file))) made.set(code, file)
  }
  return made
}

describe('every problem that the code makes', () => {
  const made = madeInCode()
  const page = readFileSync(`${root}/docs/errors.md`, 'utf8')
  const rows = new Map(
    [...page.matchAll(/^\| `([A-Z_]+)` \|(.*)\|$/gm)].map(([, code = '', cells = '']) => [
      code,
      cells.split('|').map((cell) => cell.trim()),
    ]),
  )

  it('is in the table, and the table has no other', () => {
    expect([...made.keys()].sort()).toEqual(Object.keys(PROBLEMS).sort())
  })

  it.each([...made])('has a row that says what it means and what to do: %s of %s', (code) => {
    const [status = '', retry = '', meaning = '', advice = ''] = rows.get(code) ?? []
    expect([status, retry]).toEqual([
      expect.stringMatching(/^[45]\d\d$/),
      expect.stringMatching(/^(yes|no)$/),
    ])
    expect(meaning.length).toBeGreaterThan(10)
    expect(advice.length).toBeGreaterThan(10)
  })
})
