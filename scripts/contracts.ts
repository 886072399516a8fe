/**
 * Writes every file that is generated from the code; with `--check`, writes nothing and fails when one of
 * them is not what the code says.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contracts as graphql } from '../graphql-bff/contract/index.ts'
import { brokenContracts, documentFaults, contracts as mobile } from '../rest-mobile-bff/contract/index.ts'
import { recipePages } from './recipes.ts'
import { referencePages } from './reference-pages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const checkOnly = process.argv.includes('--check')

const files = { ...(await graphql()), ...(await mobile()), ...referencePages(), ...(await recipePages(root)) }
const outdated: string[] = []
for (const [path, contents] of Object.entries(files)) {
  const file = join(root, path)
  const present = await readFile(file, 'utf8').catch(() => undefined)
  if (present === contents) continue
  outdated.push(path)
  if (checkOnly) continue
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, contents)
}

if (!checkOnly)
  console.log(outdated.length === 0 ? 'every contract is current' : `written: ${outdated.join(', ')}`)
else if (outdated.length > 0) {
  console.error(
    `not current: ${outdated.join(', ')}\nThe code has changed: run "pnpm contracts", look at the difference and commit it.`,
  )
  process.exitCode = 1
}

const faults = await documentFaults()
if (faults.length > 0) {
  console.error(`wrong in the API document:\n${faults.join('\n')}`)
  process.exitCode = 1
}

const broken = await brokenContracts(new Date().toISOString().slice(0, 10))
if (broken.length > 0) {
  console.error(`not what the kept contracts say:\n${broken.join('\n')}`)
  process.exitCode = 1
}
