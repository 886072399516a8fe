/**
 * An upstream that answers nothing but 503 at 200 calls a second. Target: it gets at most 1.10 times the calls;
 * a POST without an idempotency key is never sent twice; nothing is sent after its deadline.
 */
import { z } from 'zod'
import { get, post } from '../shared-clients/src/call/endpoint.ts'
import { httpClient } from '../shared-clients/src/call/http.ts'
import { count, type Finding, report } from './figures.ts'
import { atRate, ONE_TOKEN, pause, request, startUpstream, timed } from './upstream.ts'

const SECONDS = count('SECONDS', 30)
const PER_SECOND = 200
const read = get('/things/{id}', z.unknown())
const write = post('/things', z.unknown())

let received = 0
let late = 0
const upstream = await startUpstream((incoming, response) => {
  received++
  // The remaining time when it was sent.
  if (!(Number(incoming.headers['x-remaining-ms']) > 0)) late++
  response.writeHead(503).end()
})

async function measure(name: string, post: 'with key' | 'without key' | undefined, breaker: boolean) {
  const off = { calls: 1_000_000, minCalls: 1_000_000 }
  const settings = { timeoutMs: 100, ...(!breaker && { breaker: off }) }
  const client = httpClient('catalog', settings, (call) => call).open(upstream.address, ONE_TOKEN)
  received = 0
  const calls = SECONDS * PER_SECOND
  await atRate(PER_SECOND, calls, async (n) => {
    const context = request()
    const call = client.bind(context)
    await timed(
      post === undefined
        ? call(read, { path: { id: `${n}` } })
        : call(write, { body: {}, ...(post === 'with key' && { idempotencyKey: `k${n}` }) }),
    )
    context.end()
  })
  await pause(50)
  await client.close()
  const most = post === 'without key' ? 1 : 1.1
  return {
    figure: `${name}: ${received} sent for ${calls} calls, ${(received / calls).toFixed(3)} times`,
    promise: `at most ${most.toFixed(2)} times`,
    holds: received / calls <= most,
  } satisfies Finding
}

const findings: Finding[] = [
  await measure('reads, breaker off', undefined, false),
  await measure('reads, breaker on', undefined, true),
  await measure('POST with a key, breaker off', 'with key', false),
  await measure('POST without a key, breaker off', 'without key', false),
]
findings.push({ figure: `${late} sent after their deadline`, promise: 'none', holds: late === 0 })
report(findings)
await upstream.stop()
