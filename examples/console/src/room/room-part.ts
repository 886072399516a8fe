import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { parseExposition } from './exposition.ts'
import { type ProcessState, type Reading, stateBetween } from './state.ts'

type Options = {
  /** Name and management address of each process. */
  processes: readonly (readonly [name: string, address: string])[]
  log: Pick<Log, 'debug'>
}

/** The room at one instant: milliseconds since 1970, and each process. */
export type Snapshot = { at: number; processes: ProcessState[] }

const EVERY_MS = 2_000
/** Rates are those of the last ten seconds. */
const WINDOW = 5
/** Fifteen minutes. */
const KEPT = 450
const TIMEOUT_MS = 1_000

export type Room = Part & {
  /** What is known of the last fifteen minutes, oldest first. */
  history(): readonly Snapshot[]
  /** Calls back with each new snapshot. @returns how to stop it */
  follow(next: (snapshot: Snapshot) => void): () => void
}

/** Reads `/metrics` of every process once in two seconds, and computes rates from what has changed. */
export function roomPart({ processes, log }: Options): Room {
  const readings = new Map<string, (Reading | undefined)[]>()
  const snapshots: Snapshot[] = []
  const followers = new Set<(snapshot: Snapshot) => void>()
  let timer: NodeJS.Timeout | undefined

  async function read(address: string): Promise<Reading | undefined> {
    try {
      const answer = await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      return { at: performance.now(), samples: parseExposition(await answer.text()) }
    } catch (err) {
      log.debug({ err, address }, 'a management port does not answer')
      return undefined
    }
  }

  async function look(): Promise<void> {
    const states = await Promise.all(
      processes.map(async ([name, address]) => {
        const known = readings.get(name) ?? []
        const now = await read(address)
        known.push(now)
        if (known.length > WINDOW + 1) known.shift()
        readings.set(name, known)
        return stateBetween(
          name,
          known.slice(0, -1).find((reading) => reading !== undefined),
          now,
        )
      }),
    )
    const snapshot = { at: Date.now(), processes: states }
    snapshots.push(snapshot)
    if (snapshots.length > KEPT) snapshots.shift()
    for (const follower of followers) follower(snapshot)
    if (timer !== undefined) timer = setTimeout(look, EVERY_MS)
  }

  return {
    name: 'room',
    async start() {
      timer = setTimeout(look, 0)
      return undefined
    },
    async stop() {
      clearTimeout(timer)
      timer = undefined
    },
    history: () => snapshots,
    follow(next) {
      followers.add(next)
      return () => followers.delete(next)
    },
  }
}
