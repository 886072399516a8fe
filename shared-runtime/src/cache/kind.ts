import type { z } from 'zod'
import { type CachePolicy, checkPolicy } from './policy.ts'
import { shapeHash } from './shape.ts'
import { refuseUserData } from './shared-data.ts'

/** One kind of entity that is cached, declared once a process: where no user is known. */
export type CacheDefinition<T, Namespace extends string = string> = {
  /** Service and kind, `catalog:product`: it begins every key and is itself a tag. */
  readonly namespace: Namespace
  /** Its shape is part of every key, and what comes out of Redis is parsed with it, so it must take its own output. */
  readonly schema: z.ZodType<T>
  readonly policy: CachePolicy
  /** Tags beside the namespace and `<namespace>:<id>`: what else, when it changes, makes this value wrong. */
  readonly tagsOf?: (value: T, id: string) => readonly string[]
}

/** A definition, checked, with all that is computed once. */
export type Kind = {
  readonly namespace: string
  /** The service's name in errors. */
  readonly upstream: string
  /** `<namespace>:<shape hash>:`; an id after it makes a key. */
  readonly prefix: string
  readonly policy: CachePolicy
  /** The value as its schema says; `undefined` when it is not. */
  readonly parse: (value: unknown) => unknown
  /** Every tag of a value, or of the fact that there is none. */
  readonly tagsOf: (value: unknown, id: string) => readonly string[]
}

const NAMESPACE = /^[a-z0-9-]+:[a-z0-9-]+$/

/** @throws {TypeError | RangeError} for a definition that cannot be kept to */
export function createKind<T>(definition: CacheDefinition<T>): Kind {
  const { namespace, schema, policy, tagsOf } = definition
  // Two parts without a colon in them: no namespace, shape and id can be read as another three.
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
      // What is kept under this kind came from its own loads, or was parsed with its schema.
      return value === undefined || !tagsOf ? own : [...new Set([...own, ...tagsOf(value as T, id)])]
    },
  }
}

/** The tag of one entity. */
export const tagOf = (namespace: string, id: string): string => `${namespace}:${id}`
