import { ROLES, type Role } from '@harbor/shared-runtime/auth'
import { expect, test } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import { executed } from '../execute.ts'
import { type FieldPath, fieldPaths, operationTo } from '../operation-to.ts'

const accessOf = (field: FieldPath['field']) => field.extensions.access as 'public' | Role
const WHO: readonly (readonly Role[])[] = [[], ...ROLES.map((role) => [role]), ROLES]

/** Fields whose rule can be broken, made from the schema: a new field is tested as soon as it is there. */
const guarded = fieldPaths(schema).filter(({ path }) => path.some((field) => accessOf(field) !== 'public'))

/** The calls of an operation, which is the same for many fields below it. */
const known = new Map<string, Promise<Record<string, number>>>()
function callsOf(source: string, roles: readonly Role[]) {
  const key = `${roles.join()}\n${source}`
  const calls = known.get(key) ?? executed(source, { roles }).then((answer) => answer.calls)
  known.set(key, calls)
  return calls
}

test.for(guarded.map((field) => [field.name, field] as const))(
  '%s is for its role alone, and costs nobody else an upstream call',
  async ([, field]) => {
    for (const roles of WHO) {
      const has = (rule: 'public' | Role) => rule === 'public' || roles.includes(rule)
      const { errors, calls, data } = await executed(operationTo(field, { rows: 1, depth: 0 }), { roles })
      const denied = field.path.findIndex((step) => !has(accessOf(step)))
      if (denied < 0) {
        expect(errors, roles.join()).toEqual([])
        expect(data).not.toBeNull()
        continue
      }
      expect(errors.length, `${roles.join()} sees it`).toBeGreaterThan(0)
      for (const { code } of errors) expect(code).toBe(roles.length === 0 ? 'UNAUTHENTICATED' : 'FORBIDDEN')
      // What is above the denied field may be seen, and may cost calls; the denied one adds none.
      const above = { ...field, path: field.path.slice(0, denied) }
      const allowed = denied === 0 ? {} : await callsOf(operationTo(above, { rows: 1, depth: 0 }), roles)
      expect(calls, roles.join()).toEqual(allowed)
    }
  },
)
