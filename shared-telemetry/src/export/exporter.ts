import type { Log } from '@harbor/shared-runtime/log'
import type { RequestRecord } from '../traces/record.ts'
import { otlpTraces } from './otlp.ts'

type Options = {
  /** The collector: an origin, to which `/v1/traces` is added. */
  endpoint: string
  /** The name of the process. */
  service: string
  log: Pick<Log, 'warn' | 'info'>
  flushMs?: number
}

export type Exporter = {
  /** Takes a request that is sampled or kept. Never waits: above the limit it is dropped and counted. */
  add(record: RequestRecord): void
  /** Sends what waits. */
  stop(): Promise<void>
  state(): { sent: number; dropped: number; waiting: number }
}

/** Requests that wait while the collector is slow or away. */
const MAX_WAITING = 2_000
/** Requests of one POST. */
const MAX_BATCH = 500
/** Calls may end after their request: that much later they are in its record. */
const FLUSH_MS = 2_000
const TIMEOUT_MS = 5_000

/** Sends requests to an OpenTelemetry collector, in batches. What cannot be sent is dropped, counted and logged once. */
export function createExporter({ endpoint, service, log, flushMs = FLUSH_MS }: Options): Exporter {
  let waiting: RequestRecord[] = []
  /** Finished at least one interval ago. */
  let settled: RequestRecord[] = []
  let sent = 0
  let dropped = 0
  let failing = false
  let sending: Promise<void> | undefined
  const timer = setInterval(() => {
    settled.push(...waiting.splice(0))
    sending ??= flush().finally(() => {
      sending = undefined
    })
  }, flushMs).unref()

  async function flush(): Promise<void> {
    while (settled.length > 0) {
      const batch = settled.splice(0, MAX_BATCH)
      try {
        await post(otlpTraces(service, batch))
        sent += batch.length
        if (failing) log.info({ dropped }, 'traces are exported again')
        failing = false
      } catch (err) {
        dropped += batch.length
        if (!failing) log.warn({ err, endpoint }, 'traces cannot be exported')
        failing = true
        return
      }
    }
  }

  async function post(body: string): Promise<void> {
    const answer = await fetch(`${endpoint}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`the collector answered ${answer.status}`)
  }

  return {
    add(record) {
      if (waiting.length + settled.length < MAX_WAITING) waiting.push(record)
      else dropped++
    },
    async stop() {
      clearInterval(timer)
      await sending
      settled = [...settled, ...waiting]
      waiting = []
      await flush()
    },
    state: () => ({ sent, dropped, waiting: waiting.length + settled.length }),
  }
}
