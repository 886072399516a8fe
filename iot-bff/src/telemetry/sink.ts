import type { NewReading } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Log } from '@harbor/shared-runtime/log'

/** What became of readings: they are safe at the telemetry service, it will never take them, or not now. */
type Outcome = 'stored' | 'rejected' | 'unavailable'

/** Takes readings, and the trace that their message named; resolves once it is known what became of them. */
export type TelemetrySink = (readings: readonly NewReading[], traceparent?: string) => Promise<Outcome>

/** Sends readings to the telemetry service, as a part of a trace if one is given; throws `UpstreamError`. */
export type RecordReadings = (
  readings: readonly NewReading[],
  signal: AbortSignal,
  traceparent?: string,
) => Promise<void>

type Options = { record: RecordReadings; log: Log }

type Submission = {
  readonly readings: readonly NewReading[]
  readonly traceparent: string | undefined
  readonly done: (outcome: Outcome) => void
}

const MAX_BATCH = 500
const MAX_WAITING = 5_000
const MAX_CALLS = 4
/** A device that waits longer sends its message again (RFC 7252 §4.8: after 2 s). */
const ANSWER_WITHIN_MS = 1_500

/**
 * Passes readings on in batches. Nothing is acknowledged before the service has it, and nothing is stored here: a
 * device keeps what was not taken. What is too much to wait for is refused at once.
 */
export function createTelemetrySink({ record, log }: Options): TelemetrySink {
  const waiting: Submission[] = []
  let waitingReadings = 0
  let calls = 0
  let isScheduled = false
  let failing = false

  return (readings, traceparent) => {
    if (readings.length === 0) return Promise.resolve('stored')
    if (waitingReadings + readings.length > MAX_WAITING) return Promise.resolve('unavailable')
    return new Promise((resolve) => {
      waiting.push({ readings, traceparent, done: resolve })
      waitingReadings += readings.length
      // What comes in one turn of the event loop, and while calls are under way, travels together.
      if (!isScheduled) setImmediate(pump)
      isScheduled = true
    })
  }

  function pump() {
    isScheduled = false
    while (waiting.length > 0 && calls < MAX_CALLS) void send(takeBatch())
  }

  function takeBatch(): Submission[] {
    const batch: Submission[] = []
    let size = 0
    for (
      let next = waiting[0];
      next && (size === 0 || size + next.readings.length <= MAX_BATCH);
      next = waiting[0]
    ) {
      waiting.shift()
      batch.push(next)
      size += next.readings.length
    }
    waitingReadings -= size
    return batch
  }

  async function send(batch: readonly Submission[]) {
    calls++
    const outcome = await attempt(batch)
    // One that the service does not take must not keep its neighbours back.
    if (outcome === 'rejected' && batch.length > 1)
      for (const submission of batch) submission.done(await attempt([submission]))
    else for (const { done } of batch) done(outcome)
    calls--
    pump()
  }

  async function attempt(batch: readonly Submission[]): Promise<Outcome> {
    const deadline = new AbortController()
    const timeout = setTimeout(
      () => deadline.abort(new Error('the device waits no longer')),
      ANSWER_WITHIN_MS,
    )
    try {
      await record(
        batch.flatMap(({ readings }) => readings),
        deadline.signal,
        // A call has one trace: that of the first message that names one.
        batch.find(({ traceparent }) => traceparent !== undefined)?.traceparent,
      )
      failing = false
      return 'stored'
    } catch (err) {
      if (err instanceof UpstreamError && err.code === 'rejected') {
        log.warn({ err }, 'the telemetry service rejects readings')
        return 'rejected'
      }
      // One line an outage.
      if (!failing) log.warn({ err }, 'telemetry cannot be passed on: devices keep it')
      failing = true
      return 'unavailable'
    } finally {
      clearTimeout(timeout)
    }
  }
}
