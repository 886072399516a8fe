import { createHash } from 'node:crypto'
import { glob, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql'

type Definition = OperationDefinitionNode | FragmentDefinitionNode

/** The documents of a consumer's code: one definition a file, named like its file. */
export type Documents = {
  /** Each operation with the fragments that it spreads, by sha256, ordered by name. */
  readonly manifest: Record<string, string>
  readonly fragments: readonly DocumentNode[]
  readonly operations: readonly DocumentNode[]
}

/**
 * Reads every `.graphql` file below a folder.
 * @throws when a file holds another number of definitions than one, a definition is not named like its file, a name is
 * used twice, or a fragment is missing or unused
 */
export async function readDocuments(folder: string): Promise<Documents> {
  const definitions = new Map<string, Definition>()
  for (const path of (await Array.fromAsync(glob('**/*.graphql', { cwd: folder }))).sort()) {
    const definition = onlyDefinition(path, await readFile(`${folder}/${path}`, 'utf8'))
    const name = definition.name?.value ?? ''
    if (basename(path) !== `${name}.graphql`) throw new Error(`${path} holds ${name || 'no name'}`)
    if (definitions.has(name)) throw new Error(`${path}: the name ${name} is used by another file, too`)
    definitions.set(name, definition)
  }
  const byName = [...definitions.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const operations = byName.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
  const spread = operations.map((operation) => withFragments(operation, definitions))
  const used = new Set(spread.flatMap((parts) => parts.map(nameOf)))
  const unused = byName.find((one) => !used.has(nameOf(one)))
  if (unused) throw new Error(`no operation spreads the fragment ${nameOf(unused)}`)
  return {
    manifest: Object.fromEntries(spread.map(hashed)),
    fragments: byName.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION).map(documentOf),
    operations: operations.map(documentOf),
  }
}

const nameOf = ({ name }: Definition): string => name?.value ?? ''
const documentOf = (definition: Definition): DocumentNode => ({
  kind: Kind.DOCUMENT,
  definitions: [definition],
})

function hashed(parts: readonly Definition[]): [hash: string, document: string] {
  const document = stripIgnoredCharacters(parts.map((part) => print(part)).join('\n'))
  return [createHash('sha256').update(document).digest('hex'), document]
}

function onlyDefinition(path: string, text: string): Definition {
  const [definition, ...others] = parse(text, { noLocation: true }).definitions
  if (
    others.length > 0 ||
    (definition?.kind !== Kind.OPERATION_DEFINITION && definition?.kind !== Kind.FRAGMENT_DEFINITION)
  )
    throw new Error(`${path}: allowed is one operation or one fragment a file`)
  return definition
}

/** The operation, then its fragments in the order in which they are first spread. */
function withFragments(operation: Definition, definitions: ReadonlyMap<string, Definition>): Definition[] {
  const parts = [operation]
  for (const part of parts)
    visit(part, {
      FragmentSpread({ name: { value } }) {
        const fragment = definitions.get(value)
        if (!fragment) throw new Error(`${nameOf(part)} spreads ${value}, which no file holds`)
        if (!parts.includes(fragment)) parts.push(fragment)
      },
    })
  return parts
}
