/** Work that is done in order within a lane, and side by side with all other lanes. */
export type Lanes = {
  /**
   * Puts a piece of work, which must not throw, at the end of its lane. When as many as allowed are waiting or
   * running: a promise of the moment at which there is room again.
   */
  add(lane: string, work: () => Promise<void>): Promise<void> | undefined
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>
}

/** @param limit pieces of work that may wait or run at once, over all lanes */
export function createLanes(limit: number): Lanes {
  /** The end of each lane that has work. */
  const ends = new Map<string, Promise<void>>()
  let pending = 0
  let room: PromiseWithResolvers<void> | undefined
  let rest: PromiseWithResolvers<void> | undefined

  async function after(before: Promise<void> | undefined, work: () => Promise<void>) {
    await before
    await work()
  }

  return {
    add(lane, work) {
      pending++
      const end: Promise<void> = after(ends.get(lane), work).finally(() => {
        pending--
        if (ends.get(lane) === end) ends.delete(lane)
        room?.resolve()
        room = undefined
        if (pending === 0) rest?.resolve()
      })
      ends.set(lane, end)
      if (pending < limit) return undefined
      room ??= Promise.withResolvers()
      return room.promise
    },
    async idle() {
      if (pending === 0) return
      rest ??= Promise.withResolvers()
      await rest.promise
      rest = undefined
    },
  }
}
