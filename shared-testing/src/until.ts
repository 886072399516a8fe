import { setTimeout as sleep } from 'node:timers/promises'

/** Repeats a check every 10 ms until it is true; an error counts as false. Rejects after `withinMs`. */
export async function until(check: () => Promise<boolean> | boolean, withinMs = 5_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  let last: unknown
  while (performance.now() < giveUpAt) {
    try {
      if (await check()) return
    } catch (error) {
      last = error
    }
    await sleep(10)
  }
  throw new Error(`not true within ${withinMs} ms`, { cause: last })
}
