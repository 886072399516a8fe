/**
 * Runs a piece of work and settles after so many milliseconds, or with the signal, at the latest; the work's own
 * signal is aborted then.
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  signal.throwIfAborted()
  const own = new AbortController()
  const ended = Promise.withResolvers<never>()
  const stop = (reason: unknown) => {
    own.abort(reason)
    ended.reject(reason)
  }
  const end = () => stop(signal.reason)
  const timer = setTimeout(() => stop(new Error(`not done within ${ms} ms`)), ms)
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([work(own.signal), ended.promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}
