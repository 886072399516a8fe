/**
 * Reviews, called 200 times a second, is black-holed while catalog is called as before. Target: reviews' calls in
 * flight stay within its cap, and catalog's p99 within 10 % of what it was.
 *
 * Rounds in which reviews is well and in which it is black-holed alternate, so that a busy machine weighs on both.
 */
import { z } from 'zod'
import { get } from '../shared-clients/src/call/endpoint.ts'
import { httpClient } from '../shared-clients/src/call/http.ts'
import { count, median, percent, quantile, report } from './figures.ts'
import { startServer } from './server-process.ts'
import { atRate, ONE_TOKEN, request, timed } from './upstream.ts'

const ROUNDS = count('ROUNDS', 12)
const SECONDS = count('SECONDS', 3)
const CAP = 16

const thing = get('/things/{id}', z.unknown())
// As long as any answer of a real catalog takes: p99 within 10 % is a question of milliseconds, not of noise.
const healthy = await startServer('{"ok":true}', 20)
const hole = await startServer('', Number.POSITIVE_INFINITY)
const catalog = httpClient('catalog', { timeoutMs: 2_000 }, (call) => call).open(healthy.address, ONE_TOKEN)
// Without its breaker, which would hide the black hole after a quarter of a second.
const definition = httpClient(
  'reviews',
  {
    timeoutMs: 250,
    bulkhead: { maxConcurrent: CAP },
    breaker: { calls: 1_000_000, minCalls: 1_000_000 },
  },
  (call) => call,
)
const reviews = definition.open(hole.address, ONE_TOKEN)
const reviewsWell = definition.open(healthy.address, ONE_TOKEN)

let mostInFlight = 0
async function p99(withHole: boolean, seconds = SECONDS): Promise<number> {
  const asked = withHole ? reviews : reviewsWell
  const besides = atRate(200, 200 * seconds, (n) => {
    mostInFlight = Math.max(mostInFlight, reviews.state().inFlight)
    return timed(asked.bind(request())(thing, { path: { id: `${n}` } }))
  })
  const outcomes = await atRate(200, 200 * seconds, (n) =>
    timed(catalog.bind(request())(thing, { path: { id: `${n}` } })),
  )
  const answered = (await besides).filter(({ code }) => code === 'ok').length
  if (withHole !== (answered === 0)) throw new Error(`reviews answered ${answered} times`)
  return quantile(
    outcomes.map(({ ms }) => ms),
    0.99,
  )
}

await p99(true, 1)
const quiet: number[] = []
const beside: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  // The order turns, so that neither always comes second.
  for (const withHole of round % 2 === 0 ? [false, true] : [true, false])
    (withHole ? beside : quiet).push(await p99(withHole))
}
const change = median(beside) / median(quiet) - 1
report([
  {
    figure: `reviews: ${mostInFlight} in flight at most, for a cap of ${CAP}; ${await hole.most()} at the upstream`,
    promise: 'the cap',
    holds: mostInFlight === CAP && (await hole.most()) <= CAP,
  },
  {
    figure: `catalog's p99 went from ${median(quiet).toFixed(1)} to ${median(beside).toFixed(1)} ms, ${percent(change)}`,
    promise: '10 %',
    holds: change <= 0.1,
  },
])
await catalog.close()
await reviews.close()
await reviewsWell.close()
healthy.stop()
hole.stop()
