import { createHash } from 'node:crypto'
import { cacheControl, type PublicPolicy } from '@harbor/shared-edge/caching/cache-policy'
import { StartError } from '@harbor/shared-runtime/part'
import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql'
import { staticFanOut } from '../fan-out/static-fan-out.ts'
import { type FanOut, totalOf } from '../fan-out/upstream-call.ts'
import { assertAffordable } from '../plugins/cost.ts'
import { publicPolicy } from '../public-get/public-policy.ts'
import { MAX_CALLS } from '../schema/limits.ts'
import { cheapestVariables } from './cheapest-variables.ts'
import { type Compiled, compiled } from './jit.ts'
import type { Manifests } from './manifests.ts'

/** An operation of the dashboard's code: the only documents that are executed in production. */
export type PersistedOperation = {
  readonly name: string
  readonly hash: string
  readonly document: DocumentNode
  /** `undefined`: plain execution. */
  readonly compiled: Compiled | undefined
  /** How long everybody may keep its answers; `undefined`: they are for who asks alone. */
  readonly policy: PublicPolicy | undefined
  /** The upstream calls that it makes at most. */
  readonly fanOut: FanOut
  /** The versions of the dashboard that call it, the newest last. */
  readonly versions: readonly string[]
}

/** The `Cache-Control` of its whole answers, under their public URL. */
export const cacheControlOf = ({ policy }: PersistedOperation): string =>
  cacheControl(policy ?? { scope: 'no-store' }, { degraded: false, forAll: true })

export type PersistedOperations = {
  /** By the sha256 of the document, in hex. */
  readonly byHash: ReadonlyMap<string, PersistedOperation>
  /** Every version that is live, the newest last. */
  readonly versions: readonly string[]
  /** What the newest dashboard calls: `{ ProductPage: "<sha256>", … }`. */
  readonly newest: Readonly<Record<string, string>>
}

/**
 * Parses and validates every operation of every manifest, counts its least cost and its upstream calls and compiles it,
 * so that no request has to.
 * @throws {StartError} when an operation does not fit the schema: the process must not start, because the tabs of
 * that version would fail
 */
export function loadOperations(schema: GraphQLSchema, manifests: Manifests): PersistedOperations {
  const byHash = new Map<string, PersistedOperation>()
  let newest = new Map<string, string>()
  for (const [version, manifest] of manifests) {
    newest = new Map()
    for (const [hash, source] of Object.entries(manifest)) {
      const known = byHash.get(hash)
      const operation = known ?? { hash, ...checked(schema, version, hash, source) }
      byHash.set(hash, { ...operation, versions: [...(known?.versions ?? []), version] })
      if (newest.has(operation.name)) throw unfit(version, operation.name, 'its name is used twice')
      newest.set(operation.name, hash)
    }
  }
  return { byHash, versions: [...manifests.keys()], newest: Object.fromEntries(newest) }
}

function checked(schema: GraphQLSchema, version: string, hash: string, source: string) {
  const document = parsed(version, hash, source)
  const operation = onlyOperation(document)
  const name = operation?.name?.value
  if (!operation || !name) throw unfit(version, hash, 'a persisted document holds one named operation')
  if (createHash('sha256').update(source).digest('hex') !== hash)
    throw unfit(version, name, `its document does not have the sha256 ${hash}`)
  const errors = validate(schema, document)
  if (errors.length > 0)
    throw unfit(
      version,
      name,
      `it does not fit the schema: ${errors.map(({ message }) => message).join(' ')}`,
    )
  try {
    assertAffordable(schema, document, { variables: cheapestVariables(schema, operation) })
  } catch (cause) {
    throw unfit(version, name, `it is refused whatever its variables are: ${String(cause)}`)
  }
  const fanOut = staticFanOut(schema, document)
  const calls = totalOf(fanOut)
  if (calls > MAX_CALLS)
    throw unfit(version, name, `it makes up to ${calls} upstream calls; at most ${MAX_CALLS} are allowed`)
  return {
    name,
    document,
    fanOut,
    policy: publicPolicy(schema, document),
    compiled: compiled(schema, document),
  }
}

function parsed(version: string, hash: string, source: string): DocumentNode {
  try {
    return parse(source, { noLocation: true })
  } catch (cause) {
    throw unfit(version, hash, String(cause))
  }
}

function onlyOperation({ definitions }: DocumentNode): OperationDefinitionNode | undefined {
  const [operation, ...others] = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  return operation?.kind === Kind.OPERATION_DEFINITION && others.length === 0 ? operation : undefined
}

const unfit = (version: string, operation: string, reason: string) =>
  new StartError(`The manifest ${version}, operation ${operation}: ${reason}`)
