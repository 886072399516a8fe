import type { CheckoutInput } from '../gen/operations.ts'
import { fieldsOf } from '../graph/send.ts'

type Attempt = { readonly session: string; readonly input: CheckoutInput }

const NAME = 'checkout'

/**
 * The order that was sent and not answered yet, of this session. It is stored before it is sent, with its key: a page
 * that is reloaded sends the same again, which the BFF does once.
 */
export function storedAttempt(session: string): CheckoutInput | undefined {
  const attempt: unknown = JSON.parse(localStorage.getItem(NAME) ?? 'null')
  return isAttempt(attempt) && attempt.session === session ? attempt.input : undefined
}

export const storeAttempt = (attempt: Attempt): void => localStorage.setItem(NAME, JSON.stringify(attempt))

export const forgetAttempt = (): void => localStorage.removeItem(NAME)

const isAttempt = (value: unknown): value is Attempt =>
  typeof fieldsOf(value).session === 'string' &&
  typeof fieldsOf(fieldsOf(value).input).idempotencyKey === 'string'
