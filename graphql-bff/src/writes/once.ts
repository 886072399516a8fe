import { IdempotencyKey } from '@harbor/shared-edge/http/idempotency-key'
import { validated } from '@harbor/shared-edge/http/validated'
import { PROBLEMS, type ProblemCode, ProblemError } from '@harbor/shared-runtime/problems'
import { finalRefusal, type Idempotency, type KeptAnswer } from '@harbor/shared-runtime/writes/idempotency'
import { z } from 'zod'

type Write = {
  /** Of the mutation: keys of different mutations have nothing to do with each other. */
  name: string
  user: string
  /** With its key; equal inputs are equal texts, since the engine orders the fields by the schema. */
  input: { readonly idempotencyKey: string }
  leaseMs: number
}

const CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]
const KeptRefusal = z.object({
  code: z.enum(CODES),
  detail: z.string().optional(),
  reason: z.string().optional(),
})

/**
 * Does a write once for the key of its input: the payload, or the final refusal, is stored and replayed.
 * @param work is given a key for the services, the same at every attempt
 * @throws {ProblemError} the refusal; `IDEMPOTENCY_KEY_REUSED` for another input under the key; `IN_PROGRESS` while
 * the first request runs
 */
export async function once<Payload>(
  idempotency: Idempotency,
  { name, user, input: { idempotencyKey, ...input }, leaseMs }: Write,
  payload: z.ZodType<Payload>,
  work: (key: string) => Promise<Payload>,
): Promise<Payload> {
  const key = validated('Idempotency-Key', IdempotencyKey, idempotencyKey)
  const guarded = { user, route: name, key, request: JSON.stringify(input), leaseMs }
  const { answer } = await idempotency.once(guarded, async ({ id }) => {
    try {
      return kept({ payload: await work(id) })
    } catch (error) {
      const { code, detail, reason } = finalRefusal(error)
      return kept({ refused: { code, detail, reason } })
    }
  })
  const outcome = z
    .union([z.object({ refused: KeptRefusal }), z.object({ payload })])
    .parse(JSON.parse(answer.body))
  if (!('refused' in outcome)) return outcome.payload
  const { code, detail, reason } = outcome.refused
  throw new ProblemError(code, detail, reason === undefined ? {} : { members: { reason } })
}

const kept = (outcome: object): KeptAnswer => ({ status: 200, headers: {}, body: JSON.stringify(outcome) })
