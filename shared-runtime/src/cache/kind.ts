import type { z } from 'zod'
import { checkPolicy, type EntityPolicy } from './policy.ts'
import { shapeHash } from './shape.ts'
import { refuseUserData } from './shared-data.ts'

/** One kind of cached entity, declared once per process, outside any request. */
export type CacheDefinition<T, Namespace extends string = string> = {
  /** Service and kind, such as `catalog:product`: the prefix of every key, and a tag of every entry. */
  readonly namespace: Namespace
  /** Its shape is part of every key. Entries from Redis are parsed with it, so it must accept its own output. */
  readonly schema: z.ZodType<T>
  readonly policy: EntityPolicy
  /** Tags beside the namespace and `<namespace>:<id>`: other things whose change makes this value outdated. */
  readonly tagsOf?: (value: T, id: string) => readonly string[]
}

/** A checked definition with everything that is computed once. */
export type EntityKind = {
  readonly namespace: string
  /** The service's name in errors. */
  readonly upstream: string
  /** `<namespace>:<shape hash>:`; an id after it makes a key. */
  readonly prefix: string
  readonly policy: EntityPolicy
  /** Parses a value with the schema; `undefined` when it does not match. */
  readonly parse: (value: unknown) => unknown
  /** Every tag of a value, or of an entry that records its absence. */
  readonly tagsOf: (value: unknown, id: string) => readonly string[]
}

const NAMESPACE = /^[a-z0-9-]+:[a-z0-9-]+$/

/** @throws {TypeError | RangeError} for an invalid definition */
export function createKind<T>(definition: CacheDefinition<T>): EntityKind {
  const { namespace, schema, policy, tagsOf } = definition
  // Two parts without a colon: namespace, shape and id of a key are unambiguous.
  if (!NAMESPACE.test(namespace))
    throw new TypeError(`namespace ${JSON.stringify(namespace)}; allowed: service:kind in a-z, 0-9 and -.`)
  checkPolicy(namespace, policy)
  refuseUserData(namespace, schema)
  return {
    namespace,
    upstream: namespace.slice(0, namespace.indexOf(':')),
    prefix: `${namespace}:${shapeHash(schema)}:`,
    policy,
    parse: (value) => schema.safeParse(value).data,
    tagsOf: (value, id) => {
      const own = [namespace, tagOf(namespace, id)]
      // Every value of this kind came from its own loads or was parsed with its schema.
      return value === undefined || !tagsOf ? own : [...new Set([...own, ...tagsOf(value as T, id)])]
    },
  }
}

/** The tag of one entity. */
export const tagOf = (namespace: string, id: string): string => `${namespace}:${id}`
