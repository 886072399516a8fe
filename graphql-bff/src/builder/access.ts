import type { Role } from '@harbor/shared-runtime/auth'
import { ProblemError } from '@harbor/shared-runtime/problems'
import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  PothosSchemaError,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core'
import type { GraphQLFieldResolver } from 'graphql'
import type { Context } from '../context.ts'

/** Who may see a field: everyone, or the users who have one role. */
export type Access = 'public' | Role

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      access: AccessPlugin<Types>
    }
    interface FieldOptions<
      Types extends SchemaTypes,
      ParentShape,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveShape,
      ResolveReturnShape,
    > {
      /** Who may see this field. There is no default: a field without a rule does not compile. */
      access: Access
    }
  }
}

/**
 * Denies by default: a schema with a field that has no rule is not built. The rule is checked before the
 * field's resolver runs, so what a role may not see costs no upstream call; public fields cost nothing.
 */
class AccessPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>) {
    const { access } = field.pothosOptions
    if (access === undefined)
      throw new PothosSchemaError(`${field.parentType}.${field.name} does not say who may see it (access)`)
    return { ...field, extensions: { ...field.extensions, access } }
  }

  override wrapSubscribe(
    subscribe: GraphQLFieldResolver<unknown, Types['Context'], object> | undefined,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> | undefined {
    return subscribe && this.wrapResolve(subscribe, field)
  }

  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const { access } = field.pothosOptions
    if (access === 'public') return resolve
    return (parent, args, context, info) => {
      assertAccess(access, context)
      return resolve(parent, args, context, info)
    }
  }
}

function assertAccess(role: Role, { viewer, noViewer }: Partial<Pick<Context, 'viewer' | 'noViewer'>>): void {
  if (!viewer) throw noViewer ?? new ProblemError('UNAUTHENTICATED')
  if (!viewer.roles.has(role)) throw new ProblemError('FORBIDDEN')
}

SchemaBuilder.registerPlugin('access', AccessPlugin)
