/** A write failed before it had any effect; `cause` is the failure. */
export class NoEffectError extends Error {
  override name = 'NoEffectError'

  constructor(cause: unknown) {
    super('failed before anything was written', { cause })
  }
}

/**
 * Awaits a read that a write needs first. When the read fails, nothing was written: the idempotency key of the request
 * stays free.
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
