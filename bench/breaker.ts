/**
 * An upstream is killed and comes back, at 200 calls a second. Target: open within 1 s; calls fail in under 5 ms
 * while open; closed within 2 s of its return; one probe at a time, and nobody waits for a probe past their
 * deadline, nor at all.
 */
import { z } from 'zod'
import { get } from '../shared-clients/src/call/endpoint.ts'
import { httpClient } from '../shared-clients/src/call/http.ts'
import { count, type Finding, quantile, report, SLACK_MS } from './figures.ts'
import { atRate, ONE_TOKEN, pause, request, startServices, startUpstream, timed, until } from './upstream.ts'

const ROUNDS = count('ROUNDS', 5)
const PER_SECOND = 200
const TIMEOUT_MS = 300
const thing = get('/products/{id}', z.unknown())
const catalog = httpClient('catalog', { timeoutMs: TIMEOUT_MS }, (call) => call)

/** Calls until it is stopped; returns the outcomes since the last check. */
function load(client: ReturnType<typeof catalog.open>) {
  let running = true
  const seen: { ms: number; code: string; state: string }[] = []
  const ended = (async () => {
    for (let n = 0; running; n += 20)
      await Promise.all([
        atRate(PER_SECOND, 20, async (i) => {
          const { state } = { state: client.state().breaker }
          const outcome = await timed(client.bind(request())(thing, { path: { id: `${n + i}` } }))
          seen.push({ ...outcome, state })
        }),
      ])
  })()
  return {
    take: () => seen.splice(0),
    async stop() {
      running = false
      await ended
    },
  }
}

const findings: Finding[] = []
const openAfter: number[] = []
const closedAfter: number[] = []
const whileOpen: number[] = []
{
  const { mocks, tokens, stop } = await startServices()
  const client = catalog.open(mocks.services.catalog, tokens)
  for (let round = 0; round < ROUNDS; round++) {
    const calls = load(client)
    await pause(500)
    await mocks.setFault('catalog', { refuse: true })
    openAfter.push(await until(() => client.state().breaker === 'open', 5_000))
    calls.take()
    await pause(600)
    // Probes took as long as the upstream.
    whileOpen.push(...calls.take().flatMap(({ ms, state }) => (state === 'closed' ? [] : [ms])))
    await mocks.clearFaults('catalog')
    closedAfter.push(await until(() => client.state().breaker === 'closed', 5_000))
    await calls.stop()
  }
  await client.close()
  await stop()
}
findings.push(
  {
    figure: `killed ${ROUNDS} times: open after ${openAfter.map((ms) => ms.toFixed(0)).join(', ')} ms`,
    promise: '1 s',
    holds: Math.max(...openAfter) <= 1_000,
  },
  {
    figure: `${whileOpen.length} calls while open failed within ${Math.max(...whileOpen).toFixed(1)} ms (p99 ${quantile(whileOpen, 0.99).toFixed(2)})`,
    promise: '5 ms',
    holds: whileOpen.length > 0 && quantile(whileOpen, 0.99) < 5 + SLACK_MS,
  },
  {
    figure: `back: closed after ${closedAfter.map((ms) => ms.toFixed(0)).join(', ')} ms`,
    promise: '2 s',
    holds: Math.max(...closedAfter) <= 2_000,
  },
)

/** Black-holed instead of killed: every probe hangs until its caller's deadline. */
let atUpstream = 0
let mostAtUpstream = 0
let hangs = true
const hole = await startUpstream((_, response) => {
  mostAtUpstream = Math.max(mostAtUpstream, ++atUpstream)
  response.once('close', () => atUpstream--)
  if (!hangs) response.end('{}')
})
const client = catalog.open(hole.address, ONE_TOKEN)
const calls = load(client)
await until(() => client.state().breaker === 'open')
await until(() => atUpstream === 0)
mostAtUpstream = 0
calls.take()
await pause(ROUNDS * 800)
const outcomes = calls.take()
const probes = mostAtUpstream
const worst = Math.max(...outcomes.map(({ ms }) => ms))
const waited = outcomes.filter(({ ms }) => ms > 50 + SLACK_MS).length
hangs = false
const closed = await until(() => client.state().breaker === 'closed')
await calls.stop()
findings.push(
  { figure: `black-holed: ${probes} probe at a time`, promise: '1', holds: probes === 1 },
  {
    figure: `of ${outcomes.length} calls ${waited} waited, ${(worst - TIMEOUT_MS).toFixed(1)} ms past the deadline at most`,
    promise: 'none but the probes, 20 ms',
    holds: worst <= TIMEOUT_MS + 20 + SLACK_MS && waited <= ROUNDS + 1,
  },
  { figure: `back: closed after ${closed.toFixed(0)} ms`, promise: '2 s', holds: closed <= 2_000 },
)
report(findings)
await client.close()
await hole.stop()
