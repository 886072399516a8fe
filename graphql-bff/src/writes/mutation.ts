import type { ShopWrites } from '@harbor/shared-checkout'
import { toProblem } from '@harbor/shared-runtime/problems'
import { leaseOf } from '@harbor/shared-runtime/writes/idempotency'
import type { InputObjectRef, ObjectRef } from '@pothos/core'
import type { z } from 'zod'
import { type Access, builder, type GraphTypes } from '../builder.ts'
import type { Context } from '../context.ts'
import type { UpstreamCall } from '../fan-out/upstream-call.ts'
import { oneRow } from '../schema/limits.ts'
import { viewerId } from '../schema/viewer-id.ts'
import { once } from './once.ts'
import { codeOf, Refused, type UserErrorType } from './user-error.ts'

/** What a write works with beside its input. */
type Use = Pick<Context, 'upstreams' | 'sagaClients' | 'requestContext'> & {
  writes: ShopWrites
  viewer: { readonly id: string }
  /** Idempotency key for the services, the same at every attempt of this write. */
  key: string
  /** Milliseconds after which this process counts as dead if it has not finished. */
  leaseMs: number
}

type Definition<Input, Payload> = {
  name: string
  access: Access
  description: string
  /** Milliseconds in which its user should have the answer. */
  budgetMs: number
  /** The calls of the services that it makes when it is done; those below the payload are the payload's. */
  asks: readonly UpstreamCall[]
  input: InputObjectRef<GraphTypes, Input>
  payload: ObjectRef<GraphTypes, Payload>
  /** What its result may be beside the payload; every other problem is an error of the operation. */
  errors: readonly UserErrorType[]
  run: (input: Input, use: Use) => Promise<Payload>
}

/** Declares a write that has the same effect however often it is done. */
export const mutation = <Input extends object, Payload extends object>(
  definition: Definition<Input, Payload>,
): void => declare(definition, (input, use) => definition.run(input, { ...use, key: crypto.randomUUID() }))

/** Declares a write that is done once for the `idempotencyKey` of its input. @param payload as it is stored */
export const guardedMutation = <Input extends { idempotencyKey: string }, Payload extends object>({
  kept,
  ...definition
}: Definition<Input, Payload> & { kept: z.ZodType<Payload> }): void =>
  declare(definition, (input, use) => {
    const { name } = definition
    const write = { name, user: use.viewer.id, input, leaseMs: use.leaseMs }
    return once(use.writes.idempotency, write, kept, (key) => definition.run(input, { ...use, key }))
  })

function declare<Input extends object, Payload extends object>(
  { name, access, description, budgetMs, asks, input, payload, errors }: Definition<Input, Payload>,
  write: (input: Input, use: Omit<Use, 'key'>) => Promise<Payload>,
): void {
  const errorOf = new Map(errors.flatMap((error) => error.on.map((code) => [code, error] as const)))
  const result = builder.unionType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Result`, {
    description: `What \`${name}\` came to.`,
    types: [payload, ...errors.map(({ type }) => type)],
    resolveType: (value) => (value instanceof Refused ? value.error.name : payload.name),
  })
  builder.mutationField(name, (t) =>
    t.field({
      type: result,
      access,
      description,
      extensions: { budgetMs },
      asks,
      complexity: oneRow,
      args: { input: t.arg({ type: input, required: true }) },
      // Pothos asks of both what they are made of, which is open while they are type parameters.
      resolve: (_, args: object, context) => answered(Reflect.get(args, 'input') as Input, context) as never,
    }),
  )

  async function answered(input: Input, context: Context): Promise<Payload | Refused> {
    const { upstreams, sagaClients, writes, requestContext } = context
    if (!writes) throw new TypeError('an operation that writes has no tools for it')
    const use = {
      upstreams,
      sagaClients,
      writes,
      requestContext,
      viewer: { id: viewerId(context) },
      leaseMs: leaseOf(budgetMs),
    }
    try {
      return await write(input, use)
    } catch (cause) {
      const problem = toProblem(cause)
      const error = errorOf.get(codeOf(problem))
      if (!error) throw cause
      return new Refused(error, problem)
    }
  }
}
