/**
 * One call in a hundred takes 500 ms longer. Target: hedging cuts p99.9 at least five times for at most 2 % more
 * load, and the loser of each pair is cancelled at the upstream.
 */
import { z } from 'zod'
import { get } from '../shared-clients/src/call/endpoint.ts'
import { httpClient } from '../shared-clients/src/call/http.ts'
import { count, percent, quantile, report } from './figures.ts'
import { atRate, ONE_TOKEN, pause, request, startUpstream, timed } from './upstream.ts'

const CALLS = count('CALLS', 10_000)
/** Calls from which the upstream's usual times are learned; not counted. */
const WARM_UP = count('WARM_UP', 2_000)
/** A short run has few slow calls, and the machine's own hiccups are among the slowest. */
const MIN_CUT = count('MIN_CUT', 5)
const PER_SECOND = count('PER_SECOND', 250)

const thing = get('/things/{id}', z.unknown())
let received = 0
let cancelled = 0
/** Losers that the upstream still had 25 ms after the caller had its answer. */
let forgotten = 0
const answeredAt = new Map<string | undefined, number>()
const upstream = await startUpstream((incoming, response) => {
  const nth = received++
  response.once('close', () => {
    const now = performance.now()
    if (now - (answeredAt.get(incoming.url) ?? now) > 25) forgotten++
    if (!response.writableFinished) cancelled++
  })
  // 4 to 8 ms, and every hundredth half a second more.
  const ms = 4 + Math.random() * 4 + (nth % 100 === 50 ? 500 : 0)
  setTimeout(() => response.end('{}'), ms)
})

async function measure(hedge: boolean) {
  const client = httpClient('catalog', { timeoutMs: 2_000, hedge, retry: false }, (call) => call).open(
    upstream.address,
    ONE_TOKEN,
  )
  const run = (calls: number) =>
    atRate(PER_SECOND, calls, async (n) => {
      const outcome = await timed(client.bind(request())(thing, { path: { id: `${n}` } }))
      answeredAt.set(`/things/${n}`, performance.now())
      return outcome
    })
  await run(WARM_UP)
  await pause(100)
  received = cancelled = forgotten = 0
  answeredAt.clear()
  const outcomes = await run(CALLS)
  await pause(100)
  await client.close()
  const failed = outcomes.filter(({ code }) => code !== 'ok').length
  const p999 = quantile(
    outcomes.map(({ ms }) => ms),
    0.999,
  )
  return { p999, failed, extra: received - CALLS, cancelled, forgotten }
}

const without = await measure(false)
const hedged = await measure(true)
const cut = without.p999 / hedged.p999
report([
  {
    figure: `p99.9 of ${CALLS} calls went from ${without.p999.toFixed(0)} to ${hedged.p999.toFixed(0)} ms, cut ${cut.toFixed(1)} times`,
    promise: `at least ${MIN_CUT} times`,
    holds: cut >= MIN_CUT,
  },
  {
    figure: `${hedged.extra} more were sent, ${percent(hedged.extra / CALLS)}`,
    promise: 'at most 2 %',
    holds: hedged.extra > 0 && hedged.extra / CALLS <= 0.02,
  },
  {
    figure: `${hedged.cancelled} losers were cancelled at the upstream, ${hedged.forgotten} went on there for more than 25 ms, and ${hedged.failed} calls failed`,
    promise: 'all losers that still run; none; none',
    holds: hedged.cancelled > 0 && hedged.forgotten === 0 && hedged.failed === 0,
  },
])
await upstream.stop()
