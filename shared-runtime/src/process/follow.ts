/** How to follow a feed; `Item` is anything it sends, heartbeats included. */
type Following<Item> = {
  /** Opens one connection. It must end or throw soon after its signal is aborted. */
  connect(signal: AbortSignal): AsyncIterable<Item>
  /** Handles the items in order; the feed is not read while the returned promise is pending. */
  take(item: Item): Promise<void> | void
  /**
   * Called for each connection that failed to open, broke, fell silent or was closed by the peer, with the number of
   * consecutive failures before it. `'at-once'` reconnects without a wait.
   */
  lost(error: unknown, failures: number): 'at-once' | undefined
  /** Follows until this is aborted. */
  signal: AbortSignal
  /** Milliseconds without an item after which a connection counts as lost. */
  silenceMs: number
  /** Milliseconds: the maximum first wait, and the maximum of all waits. */
  waits?: { firstMs: number; longestMs: number }
}

const WAITS = { firstMs: 250, longestMs: 10_000 }

/**
 * Follows a feed and reconnects whenever a connection ends, after a wait that doubles with each consecutive failure.
 * `connect` decides from which position it resumes. Resolves after the signal is aborted and the last connection has
 * ended.
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

/** One connection to the feed until it ends. */
async function followOnce<Item>(
  { connect, take, signal, silenceMs }: Following<Item>,
  alive: () => void,
): Promise<void> {
  const connection = new AbortController()
  const end = () => connection.abort(signal.reason)
  let taking = false
  const silence = setTimeout(() => {
    // The time in which this process was busy does not count as silence of the feed.
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

/** Full jitter: replicas that lost the feed together do not reconnect together. */
export const waitMs = (failures: number, { firstMs, longestMs } = WAITS): number =>
  Math.random() * Math.min(longestMs, firstMs * 2 ** failures)

/** Resolves after this many milliseconds, or when the signal is aborted if that is earlier. */
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
