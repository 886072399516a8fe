/** Checks that every regular expression of the product takes linear time on any input. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync, Visitor } from 'oxc-parser'
import { check } from 'recheck'

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url))

const PRODUCT = ['shared-*', '*-bff', 'mock-services', 'examples/*'].map(
  (folder) => `${folder}/src/**/*.{ts,tsx}`,
)
const NOT_PRODUCT = /^shared-testing\/|\.test\.tsx?$|\/testing|\.gen\.ts$|\/gen\//

/** Milliseconds for one pattern; one that takes longer to analyse is rejected. */
const TIMEOUT_MS = 60_000

/** Linear by their bounded repetitions, which the checker counts as a degree; timed in linear.timing.test.ts. */
const TIMED = new Set(['shared-runtime/src/log/redact.ts'])

type Pattern = { readonly at: string; readonly source: string; readonly flags: string }

const literals: Pattern[] = []
const withConstructor: string[] = []
for (const file of PRODUCT.flatMap((glob) => globSync(glob, { cwd: root }))) {
  if (NOT_PRODUCT.test(file)) continue
  const text = readFileSync(join(root, file), 'utf8')
  const at = (start: number) => `${file}:${text.slice(0, start).split('\n').length}`
  const isRegExp = ({ type, ...node }: { type: string; name?: unknown }) =>
    type === 'Identifier' && node.name === 'RegExp'
  new Visitor({
    Literal(node) {
      if ('regex' in node)
        literals.push({ at: at(node.start), source: node.regex.pattern, flags: node.regex.flags })
    },
    NewExpression: (node) => void (isRegExp(node.callee) && withConstructor.push(file)),
    CallExpression: (node) => void (isRegExp(node.callee) && withConstructor.push(file)),
  }).visit(parseSync(file, text).program)
}

/** What `new RegExp(...)` makes is known when it is run: modules make their patterns when they are loaded. */
async function constructed(files: readonly string[]): Promise<Pattern[]> {
  const made: Pattern[] = []
  const native = RegExp
  globalThis.RegExp = new Proxy(native, {
    construct(target, args, newTarget) {
      const pattern = Reflect.construct(target, args, newTarget)
      const line = new Error().stack?.split('\n')[2] ?? ''
      const file = files.find((candidate) => line.includes(`/${candidate}:`))
      if (file) made.push({ at: file, source: pattern.source, flags: pattern.flags })
      return pattern
    },
  })
  for (const file of files) await import(join(root, file))
  globalThis.RegExp = native
  for (const file of files)
    if (!made.some(({ at }) => at === file))
      throw new Error(
        `${file}: a pattern that is only made when it is used cannot be checked. Make it a constant.`,
      )
  return made
}

const patterns = [...literals, ...(await constructed([...new Set(withConstructor)]))]
const slow: string[] = []
for (const { at, source, flags } of patterns) {
  const result = await check(source, flags, { timeout: TIMEOUT_MS })
  if (result.status === 'safe' || TIMED.has(at)) continue
  const why = result.status === 'vulnerable' ? result.complexity.summary : 'not decided in time'
  slow.push(`${at}: /${source}/${flags} is ${why}`)
}
if (slow.length > 0) {
  console.error(
    `${slow.join('\n')}\n\nAllowed: patterns that take linear time. Scan by hand, or anchor the pattern.`,
  )
  process.exit(1)
}
console.log(`${patterns.length} patterns, all linear`)
process.exit(0)
