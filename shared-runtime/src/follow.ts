/** How a feed is followed; `Item` is whatever it brings, signs of life included. */
type Following<Item> = {
  /** One connection. It must end or throw soon after its signal is aborted. */
  connect(signal: AbortSignal): AsyncIterable<Item>
  /** Takes the items one after the other; while a promise is awaited nothing more is read from the feed. */
  take(item: Item): Promise<void> | void
  /**
   * Told of each connection that could not be made, failed, fell silent or was ended by the other side, with
   * how many went wrong in a row before. `'at-once'` connects again without a wait.
   */
  lost(error: unknown, failures: number): 'at-once' | undefined
  /** Follows until this is aborted. */
  signal: AbortSignal
  /** Milliseconds without an item after which a connection counts as dead. */
  silenceMs: number
  /** Milliseconds: the longest first wait, and the longest of all. */
  waits?: { firstMs: number; longestMs: number }
}

const WAITS = { firstMs: 250, longestMs: 10_000 }

/**
 * Follows a feed over as many connections as it takes: one that ends is made anew, after a wait that doubles
 * from failure to failure. From where a new connection goes on is up to `connect`. Resolves after the signal,
 * once the last connection has ended.
 */
export async function follow<Item>(following: Following<Item>): Promise<void> {
  const { signal, lost, waits = WAITS } = following
  let failures = 0
  while (!signal.aborted) {
    let again: 'at-once' | undefined
    try {
      await followOnce(following, () => {
        failures = 0
      })
      if (signal.aborted) return
      again = lost(new Error('the other side ended the feed'), failures)
    } catch (error) {
      if (signal.aborted) return
      again = lost(error, failures)
    }
    if (again !== 'at-once') await pause(waitMs(failures++, waits), signal)
  }
}

/** One connection to the feed, for as long as it lasts. */
async function followOnce<Item>(
  { connect, take, signal, silenceMs }: Following<Item>,
  alive: () => void,
): Promise<void> {
  const connection = new AbortController()
  const end = () => connection.abort(signal.reason)
  let taking = false
  const silence = setTimeout(() => {
    // The silence of a reader that is busy is not the feed's.
    if (taking) silence.refresh()
    else connection.abort(new Error(`the feed was silent for ${silenceMs} ms`))
  }, silenceMs)
  signal.addEventListener('abort', end, { once: true })
  try {
    for await (const item of connect(connection.signal)) {
      const taken = take(item)
      if (taken !== undefined) {
        taking = true
        await taken
        taking = false
      }
      alive()
      if (connection.signal.aborted) break
      silence.refresh()
    }
    connection.signal.throwIfAborted()
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', end)
    connection.abort()
  }
}

/** Full jitter: replicas that lost the feed together do not come back together. */
export const waitMs = (failures: number, { firstMs, longestMs } = WAITS): number =>
  Math.random() * Math.min(longestMs, firstMs * 2 ** failures)

/** Resolves after so many milliseconds, or with the signal if that is earlier. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
    function end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
  })
}
