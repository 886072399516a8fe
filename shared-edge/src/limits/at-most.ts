/**
 * Runs at most this many pieces of work at a time; the rest waits in order of arrival. For work that must never be
 * refused by a rate limit, because its cost is already bounded.
 */
export function atMost(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      // The slot passes to the next waiter directly, so that no newcomer takes it first.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
