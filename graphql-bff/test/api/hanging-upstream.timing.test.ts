import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, startMockServices } from '@harbor/mock-services'
import { createClients } from '@harbor/shared-clients'
import { createCache } from '@harbor/shared-runtime/cache'
import { createLog } from '@harbor/shared-runtime/log'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { OPERATIONS } from '../operations.ts'
import { CSRF, HASHES } from '../test-app.ts'
import { testSession } from '../test-session.ts'
import { testWrites } from '../test-writes.ts'

const PAUSE_MS = 50
const closing: (() => Promise<void>)[] = []
let mocks: Awaited<ReturnType<typeof startMockServices>>
let app: ReturnType<typeof createApp>

beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  const clients = createClients({
    addresses: mocks.services,
    clientId: 'web-bff',
    clientSecret: 'web-bff-secret',
    cache: createCache({ name: 'test' }),
  })
  closing.push(mocks.close, clients.close)
  app = createApp({
    clients,
    writes: testWrites(clients),
    session: testSession().boundary,
    operations: OPERATIONS,
    log: createLog('test', 'silent'),
  })
})
afterAll(async () => {
  for (const close of closing.toReversed()) await close()
})

async function list(n: number) {
  const answer = await app.fetch(
    new Request('http://web.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...CSRF },
      body: JSON.stringify({
        documentId: HASHES.ProductList,
        variables: { ids: [`p${1001 + (n % 900)}`], reviews: 1 },
      }),
    }),
  )
  return answer.json()
}

/** Twenty requests a second for different products, until something has happened or 4 s have passed. */
async function load(first: number, until: () => boolean) {
  const startedAt = performance.now()
  const answers: Promise<unknown>[] = []
  for (let n = 0; n < 80 && !until(); n++) {
    answers.push(list(first + n))
    await pause(PAUSE_MS)
  }
  const ms = performance.now() - startedAt
  await Promise.all(answers)
  return ms
}

test.each<['pricing' | 'inventory', Fault]>([
  ['pricing', { hang: true }],
  ['inventory', { latencyMs: 400 }],
])(
  'the breaker opens within about a second when %s has the fault %j',
  async (upstream, fault) => {
    let state = 'closed'
    const hear = (message: unknown) => {
      const change = message as { upstream: string; state: string }
      if (change.upstream === upstream) state = change.state
    }
    subscribe('harbor.call.breaker', hear)
    onTestFinished(() => void unsubscribe('harbor.call.breaker', hear))
    await load(0, () => false)
    await mocks.setFault(upstream, fault)
    expect(await load(80, () => state === 'open')).toBeLessThan(1_800)

    // From here on only probes are sent, one in 500 ms and more.
    mocks.resetCalls()
    await load(160, () => false)
    const calls = Object.values(mocks.calls()[upstream] ?? {}).reduce((sum, count) => sum + count, 0)
    expect(calls).toBeLessThanOrEqual(9)

    await mocks.clearFaults()
    await load(240, () => state === 'closed')
    expect(state).toBe('closed')
    expect((await list(500)).errors).toBeUndefined()
  },
  60_000,
)
