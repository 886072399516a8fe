/** Runs one bench by name (`pnpm bench call-cost`), or lists all. Each prints its figures beside their targets. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../bench/', import.meta.url))
// A bench exports nothing; the files that do serve them.
const benches = readdirSync(folder).filter(
  (file) => file.endsWith('.ts') && !/^export /m.test(readFileSync(folder + file, 'utf8')),
)
const names = benches.map((file) => file.slice(0, -'.ts'.length))
const [name = '', ...args] = process.argv.slice(2)
if (!names.includes(name)) {
  console.error(`pnpm bench <name>: given ${JSON.stringify(name)}; allowed: ${names.join(', ')}.`)
  process.exit(1)
}
const { status } = spawnSync(process.execPath, ['--expose-gc', `${folder}${name}.ts`, ...args], {
  stdio: 'inherit',
})
process.exit(status ?? 1)
