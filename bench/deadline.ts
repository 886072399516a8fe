/**
 * An upstream that hangs, drips a byte every 200 ms, or answers headers and no body: the caller has its typed
 * error at the deadline, over HTTP and gRPC. Target: 20 ms after it at most, always.
 *
 * A busy machine wakes every timer late, so each batch runs beside a bare timer, and what that is late by is shown
 * and not counted.
 */
import { z } from 'zod'
import { get } from '../shared-clients/src/call/endpoint.ts'
import { grpcClient } from '../shared-clients/src/call/grpc.ts'
import { httpClient } from '../shared-clients/src/call/http.ts'
import { InventoryServiceClient } from '../shared-clients/src/gen/inventory.ts'
import { count, type Finding, report, SLACK_MS } from './figures.ts'
import { ONE_TOKEN, pause, request, startServices, startUpstream, timed } from './upstream.ts'

const CALLS = count('CALLS', 400)
const SIDE_BY_SIDE = 20
const TIMEOUT_MS = 150

// The circuit breaker would end most of these calls long before their deadline.
const settings = { timeoutMs: TIMEOUT_MS, breaker: { calls: 10_000, minCalls: 10_000 } }
const anything = get('/products/{id}', z.unknown())
const { mocks, tokens, stop } = await startServices()
const bodiless = await startUpstream((_, response) => response.flushHeaders())

const catalog = httpClient('catalog', settings, (call) => (id: string) => call(anything, { path: { id } }))
const inventory = grpcClient(
  'inventory',
  { ...settings, stub: InventoryServiceClient },
  (call, stub) => (sku: string) =>
    call.unary(stub.getStock.bind(stub), { skus: [sku] }, z.unknown(), { read: 'getStock' }),
)

async function measure(name: string, way: (n: string) => Promise<unknown>): Promise<Finding> {
  const late: number[] = []
  const bare: number[] = []
  const codes = new Set<string>()
  for (let i = 0; i < CALLS; i += SIDE_BY_SIDE) {
    const timer = timed(pause(TIMEOUT_MS))
    const calls = Array.from({ length: SIDE_BY_SIDE }, (_, n) => timed(way(`${i + n}`)))
    // The later of two: a stall may begin between the first timer and the last call.
    const timerAfter = timed(pause(TIMEOUT_MS))
    const outcomes = await Promise.all(calls)
    const machine = Math.max((await timer).ms, (await timerAfter).ms) - TIMEOUT_MS
    bare.push(machine)
    for (const { ms, code } of outcomes) {
      late.push(ms - TIMEOUT_MS - machine)
      codes.add(code)
    }
  }
  const worst = Math.max(...late)
  return {
    figure: `${name}: ${CALLS} calls ended as ${[...codes]}, ${worst.toFixed(1)} ms after the deadline at most (a bare timer: ${Math.max(...bare).toFixed(1)} ms late)`,
    promise: 'timeout, 20 ms',
    holds: worst <= 20 + SLACK_MS && codes.size === 1 && codes.has('timeout'),
  }
}

const over = {
  http: catalog.open(mocks.services.catalog, tokens),
  bodiless: catalog.open(bodiless.address, ONE_TOKEN),
  grpc: inventory.open(mocks.services.inventory, tokens),
}
// Tokens and connections are there before anything is timed.
await over.http
  .bind(request())('warm')
  .catch(() => {})
await over.grpc
  .bind(request())('warm')
  .catch(() => {})

const findings: Finding[] = []
for (const [fault, name] of [
  [{ hang: true }, 'hangs'],
  [{ dripBytesPerSecond: 5 }, 'drips a byte every 200 ms'],
] as const) {
  await mocks.setFault('catalog', fault)
  await mocks.setFault('inventory', fault)
  findings.push(await measure(`HTTP, ${name}`, (id) => over.http.bind(request())(id)))
  findings.push(await measure(`gRPC, ${name}`, (sku) => over.grpc.bind(request())(sku)))
}
findings.push(await measure('HTTP, headers and no body', (id) => over.bodiless.bind(request())(id)))
report(findings)

for (const client of Object.values(over)) await client.close()
await bodiless.stop()
await stop()
