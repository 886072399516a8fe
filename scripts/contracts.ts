/**
 * Writes every file that is generated from the code; with `--check`, writes nothing and fails when one of them is out
 * of date.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BFFS } from '../bffs.ts'
import { composeFile } from './compose-file.ts'
import { recipePages } from './recipes.ts'
import { referencePages } from './reference-pages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const checkOnly = process.argv.includes('--check')

/** What the `contract/index.ts` of a BFF may export; a BFF without one has no generated contract. */
type Contract = {
  /** Generated files, by their path from the repository's root. */
  contracts?: () => Promise<Record<string, string>>
  /** What is wrong in the API document, one message each. */
  documentFaults?: () => Promise<string[]>
  /** Changes that would break what consumers were shipped with, one message each. */
  brokenContracts?: (today: string) => Promise<string[]>
}
const contracts = await Promise.all(
  BFFS.map(({ name }) => join(root, name, 'contract/index.ts'))
    .filter(existsSync)
    .map(async (path): Promise<Contract> => await import(path)),
)

const files: Record<string, string> = {
  'docker-compose.yml': composeFile(),
  ...(await referencePages()),
  ...(await recipePages(root)),
}
for (const { contracts: generate } of contracts) Object.assign(files, await generate?.())
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

const faults: string[] = []
for (const { documentFaults } of contracts) faults.push(...((await documentFaults?.()) ?? []))
if (faults.length > 0) {
  console.error(`wrong in the API document:\n${faults.join('\n')}`)
  process.exitCode = 1
}

const today = new Date().toISOString().slice(0, 10)
const broken: string[] = []
for (const { brokenContracts } of contracts) broken.push(...((await brokenContracts?.(today)) ?? []))
if (broken.length > 0) {
  console.error(`not what the kept contracts say:\n${broken.join('\n')}`)
  process.exitCode = 1
}
