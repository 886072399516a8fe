/**
 * A hundred identical callers, over HTTP and gRPC. Target: one upstream call; the first caller's abort fails
 * nobody else; the call is cancelled when nobody waits; two users never share.
 */
import type { Viewer } from '@harbor/shared-runtime/auth'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { UserId } from '@harbor/shared-runtime/user-id'
import { z } from 'zod'
import { get } from '../shared-clients/src/call/endpoint.ts'
import { grpcClient } from '../shared-clients/src/call/grpc.ts'
import { httpClient } from '../shared-clients/src/call/http.ts'
import { InventoryServiceClient } from '../shared-clients/src/gen/inventory.ts'
import { count, type Finding, report, SLACK_MS } from './figures.ts'
import { pause, request, startServices, timed, until } from './upstream.ts'

const CALLERS = count('CALLERS', 100)
const Anything = z.unknown()
const anything = get('/products/{id}', Anything)
const { mocks, tokens, stop } = await startServices()
const WAYS = {
  catalog: httpClient(
    'catalog',
    { timeoutMs: 2_000 },
    (call) => (id: string) => call(anything, { path: { id } }),
  ).open(mocks.services.catalog, tokens),
  inventory: grpcClient(
    'inventory',
    { timeoutMs: 2_000, stub: InventoryServiceClient },
    (call, stub) => (sku: string) =>
      call.unary(stub.getStock.bind(stub), { skus: [sku] }, Anything, { read: 'getStock' }),
  ).open(mocks.services.inventory, tokens),
}
const { productId, sku } = await mocks.demo()
const findings: Finding[] = []

for (const [service, client] of Object.entries(WAYS) as ['catalog', typeof WAYS.catalog][]) {
  const id = service === 'catalog' ? productId : sku
  const made = () => mocks.lastCalls(service).length
  await client.bind(request())(id)
  await mocks.setFault(service, { latencyMs: 200 })

  mocks.resetCalls()
  const contexts = Array.from({ length: CALLERS }, () => request())
  const calls = contexts.map((context) => timed(client.bind(context)(id)))
  await until(() => made() > 0)
  contexts[0]?.abort(new Error('the first caller left'))
  const [first, ...others] = await Promise.all(calls)
  const answered = others.filter(({ code }) => code === 'ok').length
  findings.push({
    figure: `${service}: ${CALLERS} callers made ${made()} upstream call; the first one left (${first?.code}), ${answered} had their answer`,
    promise: '1 call, all the others',
    holds: made() === 1 && first?.code === 'cancelled' && answered === CALLERS - 1,
  })

  mocks.resetCalls()
  const leaving = Array.from({ length: 10 }, () => request())
  for (const context of leaving) void client.bind(context)(id)
  await until(() => made() > 0)
  for (const context of leaving.slice(1)) context.abort()
  await pause(30)
  const early = mocks.lastCalls(service).some(({ cancelled }) => cancelled)
  leaving[0]?.abort()
  const seen = await until(() => mocks.lastCalls(service).every(({ cancelled }) => cancelled), 1_000)
  findings.push({
    figure: `${service}: while one of ten waited it was ${early ? '' : 'not '}cancelled; with nobody left it was after ${seen.toFixed(1)} ms`,
    promise: 'not, then within 25 ms',
    holds: !early && seen <= 25 + SLACK_MS,
  })
  await mocks.clearFaults(service)
}

/** Users with the same arguments at the same time; the tokens are stand-ins, the upstream is not asked who they are. */
const users = Array.from({ length: 20 }, (_, n): Viewer => {
  return {
    id: UserId.parse(`customer-${n % 10}`),
    roles: new Set(),
    scopes: new Set(),
    clientId: 'app',
    token: `token-${n % 10}`,
  }
})
const seen: string[] = []
const own = httpClient(
  'cart',
  { timeoutMs: 2_000 },
  (call) => (id: string) => call(anything, { path: { id } }),
).open(mocks.services.catalog, async (context, _audience, _signal, refused) => {
  if (refused === undefined) seen.push(context.viewer?.id ?? 'nobody')
  await pause(50)
  return 'not a token'
})
await Promise.all(
  users.map((viewer) => timed(own.bind(createRequestContext({ budgetMs: 5_000, viewer }))(productId))),
)
findings.push({
  figure: `ten users, two requests each: ${seen.length} calls for ${new Set(seen).size} users`,
  promise: 'one a user',
  holds: seen.length === 10 && new Set(seen).size === 10,
})
report(findings)
for (const client of [...Object.values(WAYS), own]) await client.close()
await stop()
