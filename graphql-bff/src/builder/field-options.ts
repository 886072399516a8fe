import type { PublicLifetime } from '@harbor/shared-edge/caching/cache-policy'
import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core'
import type { GraphQLField } from 'graphql'
import type { UpstreamCall } from '../fan-out/upstream-call.ts'

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      fieldOptions: FieldOptionsPlugin<Types>
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
      /**
       * The upstream calls that the resolver makes, a call as often as it is made: the static fan-out is counted from
       * them. None: it reads from a row at hand.
       */
      asks?: UpstreamCall | readonly UpstreamCall[]
      /**
       * How long what it asks for may be kept by everybody. None: never, if it asks for something; otherwise as long as
       * the row at hand.
       */
      lifetime?: PublicLifetime
    }
  }
}

/** Keeps what fields say about themselves where the analysis of operations finds it. */
class FieldOptionsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>) {
    const { asks = [], lifetime } = field.pothosOptions
    return { ...field, extensions: { ...field.extensions, asks: [asks].flat(), lifetime } }
  }
}

/** The upstream calls of a field of this graph. */
export const callsOf = ({ extensions }: GraphQLField<unknown, unknown>): readonly UpstreamCall[] =>
  // Only the plugin above writes it.
  (extensions.asks as readonly UpstreamCall[] | undefined) ?? []

/** How long what a field asks for may be kept by everybody; `undefined`: it does not say. */
export const lifetimeOf = ({ extensions }: GraphQLField<unknown, unknown>): PublicLifetime | undefined =>
  extensions.lifetime as PublicLifetime | undefined

SchemaBuilder.registerPlugin('fieldOptions', FieldOptionsPlugin)
