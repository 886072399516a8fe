import { createHash } from 'node:crypto'
import { type Call, Refusal } from './routes.ts'

const MAX_KEYS = 10_000

/**
 * What was answered to a POST is answered again to the same key; another body under it is 422.
 * Keys belong to whoever uses them: two callers may choose the same one.
 */
export function createReplays() {
  const answers = new Map<string, { hash: string; answer: unknown }>()

  return <T>({ caller, idempotencyKey, body }: Call, make: () => T): T => {
    if (!idempotencyKey) return make()
    const key = `${caller.sub} ${idempotencyKey}`
    const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex')
    const known = answers.get(key)
    if (known && known.hash !== hash)
      throw new Refusal(422, 'IDEMPOTENCY_KEY_REUSED', 'the key was used with another body')
    if (known) return known.answer as T
    const answer = make()
    if (answers.size >= MAX_KEYS) answers.clear()
    answers.set(key, { hash, answer })
    return answer
  }
}
