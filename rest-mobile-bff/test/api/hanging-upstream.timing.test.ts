import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as pause } from 'node:timers/promises'
import type { Fault } from '@harbor/mock-services'
import { expect, onTestFinished, test } from 'vitest'
import { useMobile } from '../mobile.ts'

const mobile = useMobile({ cached: true })
const PAUSE_MS = 50
const product = (n: number) => `/v1/products/p${1001 + (n % 900)}`

/** Twenty requests a second for different products, until something has happened or 4 s have passed. */
async function load(first: number, until: () => boolean) {
  const startedAt = performance.now()
  const answers: Promise<unknown>[] = []
  for (let n = 0; n < 80 && !until(); n++) {
    answers.push(mobile.get(product(first + n)))
    await pause(PAUSE_MS)
  }
  const ms = performance.now() - startedAt
  await Promise.all(answers)
  return { ms, requests: answers.length }
}

test.each<[string, 'pricing' | 'inventory', Fault]>([
  ['hangs', 'pricing', { hang: true }],
  ['hangs', 'inventory', { hang: true }],
  ['drips', 'pricing', { dripBytesPerSecond: 1 }],
  ['always takes longer than the budget', 'pricing', { latencyMs: 400 }],
])(
  'the breaker opens within about a second when what %s is %s',
  async (_, upstream, fault) => {
    let state = 'closed'
    const hear = (message: unknown) => {
      const change = message as { upstream: string; state: string }
      if (change.upstream === upstream) state = change.state
    }
    subscribe('harbor.call.breaker', hear)
    onTestFinished(() => void unsubscribe('harbor.call.breaker', hear))
    await load(0, () => false)
    await mobile.mocks.setFault(upstream, fault)
    mobile.mocks.resetCalls()
    const { ms, requests } = await load(80, () => state === 'open')
    expect(ms).toBeLessThan(1_800)
    expect(requests).toBeLessThan(36)

    // From here on only probes are sent, one in 500 ms and more.
    mobile.mocks.resetCalls()
    await load(160, () => false)
    expect(mobile.calls()[upstream] ?? 0).toBeLessThanOrEqual(9)

    await mobile.mocks.clearFaults()
    await load(240, () => state === 'closed')
    expect(state).toBe('closed')
    const { json } = await mobile.get(product(500))
    expect(json.degraded).toEqual([])
  },
  60_000,
)
