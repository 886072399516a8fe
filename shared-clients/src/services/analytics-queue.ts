import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { createRequestContext, type RequestContext } from '@harbor/shared-runtime/request-context'
import type { Clients } from '../clients.ts'
import type { AnalyticsEvent } from './analytics.ts'

/** Events on their way to the analytics service: nobody waits for them, and none is lost without being counted. */
export type AnalyticsQueue = {
  record(event: AnalyticsEvent): void
  /** Sends what is left when the process stops; shows on `/readyz` what was sent, waits and was lost. */
  readonly part: Part
}

type Options = {
  clients: { forRequest(context: RequestContext): Pick<Clients, 'analytics'> }
  log: Pick<Log, 'warn'>
  maxWaiting?: number
}

const MAX_WAITING = 5_000
const BATCH = 100
/** A batch waits so long for more events. */
const GATHER_MS = 200
const RETRY_MS = 1_000
const SEND_BUDGET_MS = 1_500
/** At the end of the process, for all that is left. */
const DRAIN_MS = 1_500

/** Gathers events into batches and sends them again until they are taken: at least once, in order. */
export function createAnalyticsQueue({ clients, log, maxWaiting = MAX_WAITING }: Options): AnalyticsQueue {
  const waiting: AnalyticsEvent[] = []
  const counts = { sent: 0, lost: 0 }
  const stopping = new AbortController()
  let sending: Promise<void> | undefined

  /** Sends the oldest events; gives whether they were taken. */
  async function send(): Promise<boolean> {
    const batch = waiting.slice(0, BATCH)
    const context = createRequestContext({ budgetMs: SEND_BUDGET_MS })
    try {
      await clients.forRequest(context).analytics.record(batch)
      waiting.splice(0, batch.length)
      counts.sent += batch.length
      return true
    } catch (error) {
      log.warn({ err: error, waiting: waiting.length }, 'analytics events wait')
      return false
    } finally {
      context.end()
    }
  }

  async function run(): Promise<void> {
    await wait(GATHER_MS)
    while (waiting.length > 0 && !stopping.signal.aborted) if (!(await send())) await wait(RETRY_MS)
    sending = undefined
  }

  const wait = (ms: number) => pause(ms, undefined, { signal: stopping.signal }).catch(() => {})

  function lose(count: number, why: string): void {
    counts.lost += count
    log.warn({ count, lost: counts.lost }, why)
  }

  return {
    record(event) {
      // The newest is refused, not the oldest, which may be on its way.
      if (waiting.length >= maxWaiting) return lose(1, 'analytics event lost: too many wait')
      waiting.push(event)
      if (!stopping.signal.aborted) sending ??= run()
    },
    part: {
      name: 'analytics',
      start: async () => undefined,
      async stop() {
        stopping.abort()
        await sending
        const giveUpAt = performance.now() + DRAIN_MS
        while (waiting.length > 0 && performance.now() < giveUpAt) if (!(await send())) await pause(100)
        if (waiting.length > 0) lose(waiting.length, 'analytics events lost: the process ends')
      },
      details: () => ({ ...counts, waiting: waiting.length }),
    },
  }
}
