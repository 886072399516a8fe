import { type Changed, type ChangeLog, KEEP, newEpoch, page } from './change-log.ts'

/** A log in this process only: it starts with the process. */
export function memoryChangeLog({ keep = KEEP, epoch: first = newEpoch() } = {}): ChangeLog {
  let epoch = first
  let at = 0
  /** Positions before this one are too old. */
  let floor = 0
  let lastEvent: string | undefined
  /** In the order of the positions. */
  const positions = new Map<Changed, number>()

  return {
    async record(changed, eventId) {
      lastEvent = eventId
      if (changed === undefined) return
      positions.delete(changed)
      positions.set(changed, ++at)
      for (const [oldest, last] of positions) {
        if (positions.size <= keep) break
        positions.delete(oldest)
        floor = last
      }
    },
    async startOver() {
      epoch = newEpoch()
      positions.clear()
      floor = at
    },
    lastEvent: async () => lastEvent,
    head: async () => ({ epoch, at }),
    async since(from, limit) {
      if (from.epoch !== epoch || from.at > at || from.at < floor) return undefined
      const after = [...positions].filter(([, last]) => last > from.at)
      return page(after, { epoch, at }, limit)
    },
  }
}
