/**
 * One million calls with deadlines through the whole chain to a transport that answers, fails, or never does.
 * Target: the heap does not grow; the slope over the run is about zero.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { backgroundContext } from '@harbor/shared-runtime/request-context'
import type { Attempt, Operation } from '../shared-clients/src/call/attempt.ts'
import { CallChain } from '../shared-clients/src/call/chain.ts'
import { count, report } from './figures.ts'
import { ONE_TOKEN, pause, request } from './upstream.ts'

const CALLS = count('CALLS', 1_000_000)
const SAMPLES = 20
const SIDE_BY_SIDE = 500
const SHAPE = {}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const chain = new CallChain(
  'catalog',
  {
    timeoutMs: 30,
    breaker: { calls: 1_000_000, minCalls: 1_000_000 },
    bulkhead: { maxConcurrent: SIDE_BY_SIDE },
  },
  ONE_TOKEN,
)
/** Nine of ten answer, one of twenty fails, one of twenty hangs until its deadline. */
const operation = (n: number): Operation<number> => ({
  endpoint: 'GET /stub',
  repeatable: true,
  isRead: true,
  key: `${n}`,
  shape: SHAPE,
  trace: { traceId: '0'.repeat(32), spanId: '0'.repeat(16), sampled: false },
  spanId: '0'.repeat(16),
  send(attempt: Attempt<number>) {
    if (n % 20 === 0) return
    setImmediate(() => {
      if (n % 20 === 1) attempt.fail(new UpstreamError('catalog', 'unavailable', 'stub'))
      else attempt.succeed(n)
    })
  },
})

// A context that lives as long as the process: what a call leaves behind with it would pile up.
const background = backgroundContext(new AbortController().signal)
const heap: number[] = []
const started = performance.now()
for (let n = 0; n < CALLS; ) {
  for (const end = n + CALLS / (SAMPLES + 1); n < end && n < CALLS; n += SIDE_BY_SIDE) {
    const own = request(10_000)
    const calls: Promise<unknown>[] = []
    for (let i = 0; i < SIDE_BY_SIDE; i++)
      calls.push(chain.call(i % 2 === 0 ? background : own, operation(n + i)).catch(() => {}))
    await Promise.all(calls)
    own.end()
  }
  await pause(60)
  collect()
  heap.push(process.memoryUsage().heapUsed)
}

// The first part fills caches and compiles code.
const settled = heap.slice(Math.ceil(heap.length / 4))
const step = CALLS / heap.length
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const middle = (settled.length - 1) / 2
const slope =
  settled.reduce((sum, bytes, n) => sum + (n - middle) * (bytes - mean(settled)), 0) /
  settled.reduce((sum, _, n) => sum + (n - middle) ** 2, 0) /
  step
report([
  {
    figure: `${CALLS} calls in ${((performance.now() - started) / 1000).toFixed(0)} s: ${slope.toFixed(2)} bytes of heap a call, ${((settled.at(-1) ?? 0) / 1_048_576).toFixed(1)} MiB in use`,
    promise: 'about zero: less than 2 bytes',
    // In a short run the noise of the collector is more than that.
    holds: slope * CALLS < Math.max(2 * CALLS, 524_288),
  },
])
