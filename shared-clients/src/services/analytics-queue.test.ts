import { startMockServices } from '@harbor/mock-services'
import { createLog } from '@harbor/shared-runtime/log'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ClientSet, createClients } from '../clients.ts'
import { createAnalyticsQueue } from './analytics-queue.ts'

let mocks: Awaited<ReturnType<typeof startMockServices>>
let clients: ClientSet
beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  clients = createClients({
    addresses: mocks.services,
    clientId: 'mobile-bff',
    clientSecret: 'mobile-bff-secret',
  })
})
beforeEach(async () => {
  await mocks.clearFaults()
  mocks.resetCalls()
})
afterAll(async () => {
  await clients.close()
  await mocks.close()
})

const log = createLog('test', 'silent')
const event = (n: number) => ({ name: 'cart_add', at: new Date().toISOString(), properties: { n } })
const calls = () => mocks.calls().analytics?.['POST /events'] ?? 0

describe('analytics events', () => {
  it('go in batches, and nobody waits for them', async () => {
    const queue = createAnalyticsQueue({ clients, log })
    for (let n = 0; n < 150; n++) queue.record(event(n))
    expect(queue.part.details?.()).toEqual({ sent: 0, lost: 0, waiting: 150 })
    await expect.poll(() => queue.part.details?.()).toEqual({ sent: 150, lost: 0, waiting: 0 })
    expect(calls()).toBe(2)
  })

  it('wait while the service is down, and go when it is back', async () => {
    await mocks.setFault('analytics', { errorRate: 1 })
    const queue = createAnalyticsQueue({ clients, log })
    queue.record(event(1))
    await expect.poll(calls).toBeGreaterThan(0)
    expect(queue.part.details?.()).toEqual({ sent: 0, lost: 0, waiting: 1 })
    await mocks.clearFaults()
    await expect
      .poll(() => queue.part.details?.(), { timeout: 5_000 })
      .toEqual({ sent: 1, lost: 0, waiting: 0 })
  })

  it('that are too many are counted as lost, and no memory is spent on them', () => {
    const queue = createAnalyticsQueue({ clients, log, maxWaiting: 10 })
    for (let n = 0; n < 25; n++) queue.record(event(n))
    expect(queue.part.details?.()).toEqual({ sent: 0, lost: 15, waiting: 10 })
    return queue.part.stop()
  })

  it('are sent before the process ends, also those that come while it drains', async () => {
    const queue = createAnalyticsQueue({ clients, log })
    queue.record(event(1))
    const stopped = queue.part.stop()
    queue.record(event(2))
    await stopped
    expect(queue.part.details?.()).toEqual({ sent: 2, lost: 0, waiting: 0 })
  })
})
