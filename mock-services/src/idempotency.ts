import { createHash } from 'node:crypto'
import { type Call, Refusal } from './routes.ts'

const MAX_KEYS = 10_000

/**
 * What was answered to a write is answered again to the same key, a refusal, too; another request under it is 422.
 * A key belongs to the BFF that uses it, whether or not a user is behind the call: the user's token may be gone
 * when the BFF asks again. Two BFFs may choose the same one.
 */
export function createReplays() {
  const answers = new Map<string, { hash: string; answer: () => unknown }>()

  return <T>({ caller, idempotencyKey, params, body }: Call, make: () => T): T => {
    if (!idempotencyKey) return make()
    const key = `${caller.clientId} ${idempotencyKey}`
    const hash = createHash('sha256')
      .update(JSON.stringify([params, body]))
      .digest('hex')
    const known = answers.get(key)
    if (known && known.hash !== hash)
      throw new Refusal(422, 'IDEMPOTENCY_KEY_REUSED', 'the key was used with another request')
    if (known) return known.answer() as T
    if (answers.size >= MAX_KEYS) answers.delete(answers.keys().next().value ?? '')
    const answer = answerOf(make)
    answers.set(key, { hash, answer })
    return answer() as T
  }
}

function answerOf(make: () => unknown): () => unknown {
  try {
    const made = make()
    return () => made
  } catch (error) {
    // A precondition that did not hold had no effect: the same key may come with another.
    if (!(error instanceof Refusal) || error.status === 412) throw error
    return () => {
      throw error
    }
  }
}
