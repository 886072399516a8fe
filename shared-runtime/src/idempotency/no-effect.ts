/** Something went wrong before anything was written; `cause` says what. */
export class NoEffectError extends Error {
  override name = 'NoEffectError'

  constructor(cause: unknown) {
    super('failed before anything was written', { cause })
  }
}

/**
 * Waits for what a write has to know before it writes. Its failure has had no effect: the idempotency key of the
 * request stays free.
 * @example
 * const cart = await beforeWriting(clients.cart.ofCustomer(viewer.id))
 */
export async function beforeWriting<T>(reading: PromiseLike<T>): Promise<T> {
  try {
    return await reading
  } catch (cause) {
    throw new NoEffectError(cause)
  }
}
