import type { PublicLifetime, PublicPolicy } from '@harbor/shared-edge/caching/cache-policy'
import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { callsOf, lifetimeOf } from '../builder/field-options.ts'

/**
 * How long everybody may keep the answers of a query, computed from the fields that it selects: the shortest lifetime
 * of all. `undefined`: nobody may, because one field is for a role or does not say how long, or there is a directive.
 */
export function publicPolicy(schema: GraphQLSchema, document: DocumentNode): PublicPolicy | undefined {
  if (getOperationAST(document)?.operation !== 'query') return undefined
  const types = new TypeInfo(schema)
  const lifetimes: PublicLifetime[] = []
  let isPublic = true
  visit(
    document,
    visitWithTypeInfo(types, {
      Directive() {
        isPublic = false
      },
      Field({ name }) {
        const field = types.getFieldDef()
        if (!field || name.value === '__typename') return
        const lifetime = lifetimeOf(field)
        if (lifetime) lifetimes.push(lifetime)
        if (field.extensions.access !== 'public' || (callsOf(field).length > 0 && !lifetime)) isPublic = false
      },
    }),
  )
  const [first, ...others] = lifetimes
  return isPublic && first ? { scope: 'public', ...others.reduce(shorter, first) } : undefined
}

const shorter = (one: PublicLifetime, other: PublicLifetime): PublicLifetime => {
  const staleWhileRevalidate = Math.min(one.staleWhileRevalidate ?? 0, other.staleWhileRevalidate ?? 0)
  const staleIfError = Math.min(one.staleIfError ?? 0, other.staleIfError ?? 0)
  return {
    maxAge: Math.min(one.maxAge, other.maxAge),
    sharedMaxAge: Math.min(one.sharedMaxAge, other.sharedMaxAge),
    ...(staleWhileRevalidate > 0 && { staleWhileRevalidate }),
    ...(staleIfError > 0 && { staleIfError }),
  }
}
