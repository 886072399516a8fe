import type { z } from 'zod'
import { PRIVATE_FIELDS } from '../log/private-fields.ts'
import type { UserId } from '../user-id.ts'
import { fieldNames } from './shape.ts'

// Data of one user must never reach another through the cache. A key consists of a namespace, a hash of the shape and
// an id only; the types and the check below keep user data out of ids and shapes.

/** Any id but the id of a user. */
export type SharedId<Id extends string> = Id extends UserId ? never : Id

const USER_FIELDS = PRIVATE_FIELDS.user
type UserField = (typeof USER_FIELDS)[number]

type FieldsOf<T> = T extends readonly (infer Item)[] ? keyof Item : keyof T

/** `unknown` for data that all users may share. Data with a field of a user gives a type that no value has. */
export type SharedData<T> = [Extract<FieldsOf<T>, UserField>] extends [never]
  ? unknown
  : { readonly schema: ['data of a user is never cached; it has the field', Extract<FieldsOf<T>, UserField>] }

/** @throws {TypeError} when a schema has a field of a user, at any depth */
export function refuseUserData(namespace: string, schema: z.ZodType): void {
  const names = fieldNames(schema)
  const found = USER_FIELDS.filter((name) => names.has(name))
  if (found.length > 0)
    throw new TypeError(
      `${namespace}: ${found.join(', ')} in its schema; data of a user is never kept in a shared cache.`,
    )
}
