import { setTimeout as pause } from 'node:timers/promises'
import { readEvents } from '@harbor/shared-testing/event-stream'
import { freePort } from '@harbor/shared-testing/free-port'
import { connect } from '@harbor/shared-testing/raw-connection'
import { random } from '@harbor/shared-testing/seed'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { LiveProduct } from '../../examples/web-dashboard/src/gen/operations.ts'
import { publicUrl, type Running, startProcess, upstreamAddresses } from './harness.ts'
import { CSRF } from './web-client.ts'

const READERS = 20
const CHANGES = 1_000
const patient = { timeout: 30_000, interval: 50 }

type Follower = {
  /** What it was told, in order. */
  readonly levels: readonly number[]
  connections(): number
  leave(): Promise<void>
}

describe('subscriptions of the web BFF', { timeout: 120_000 }, () => {
  let services: Running
  let control: string
  let env: Record<string, string>
  let web: Running
  const followers: Follower[] = []

  beforeAll(async () => {
    services = await startProcess('mock-services')
    control = services.addresses.control ?? ''
    await fetch(`${control}/faults`, { method: 'DELETE' })
    const demo = await (await fetch(`${control}/demo`)).json()
    env = {
      ...upstreamAddresses(demo.services),
      EVENTS_URL: `${control}/events`,
      PORT: String(await freePort()),
      MANAGEMENT_PORT: String(await freePort()),
    }
    web = await startProcess('graphql-bff', env)
  }, 120_000)
  afterEach(async () => {
    for (const { leave } of followers.splice(0)) await leave()
  })
  afterAll(async () => {
    await web?.stop()
    await services?.stop()
  })

  const setStock = async (available: number) => {
    const answer = await fetch(`${control}/stock/ber/HB-1001`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ available }),
    })
    expect(answer.status).toBe(200)
  }
  const readers = async (): Promise<number> =>
    (await (await fetch(`${web.addresses.management}/readyz`)).json()).details.subscriptions.readers

  /** A reader that comes back after each loss, and goes on after the last event. */
  function follow(): Follower {
    const levels: number[] = []
    let lastId: string | undefined
    let connections = 0
    const ending = new AbortController()
    const running = (async () => {
      while (!ending.signal.aborted) {
        await readOnce().catch(() => {})
        await pause(50 + random() * 200, undefined, { signal: ending.signal }).catch(() => {})
      }
    })()

    async function readOnce(): Promise<void> {
      const answer = await fetch(`${publicUrl(web)}/graphql`, {
        method: 'POST',
        headers: {
          ...CSRF,
          accept: 'text/event-stream',
          'content-type': 'application/json',
          ...(lastId !== undefined && { 'last-event-id': lastId }),
        },
        body: JSON.stringify({ documentId: `sha256:${LiveProduct.hash}`, variables: { id: 'p1001' } }),
        signal: ending.signal,
      })
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
      connections++
      const events = readEvents(answer)
      let taken = 0
      while (!events.seen.isOver || taken < events.messages.length) {
        for (; taken < events.messages.length; taken++) {
          const { data, id } = events.messages[taken] ?? {}
          lastId = id ?? lastId
          const level = levelOf(data)
          if (level !== undefined) levels.push(level)
        }
        await pause(10)
      }
    }
    const follower: Follower = {
      levels,
      connections: () => connections,
      async leave() {
        ending.abort()
        await running
      },
    }
    followers.push(follower)
    return follower
  }

  it('every reader ends with the right state, and none goes back or sees one twice, though the process is killed and restarted amid 1,000 changes', async () => {
    await setStock(0)
    const all = Array.from({ length: READERS }, follow)
    await vi.waitFor(() => expect(all.every(({ levels }) => levels.length > 0)).toBe(true), patient)
    const restarts = (async () => {
      for (const end of ['kill', 'stop'] as const) {
        await pause(500)
        await web[end]()
        web = await startProcess('graphql-bff', env)
      }
    })()
    for (let n = 1; n <= CHANGES; n++) {
      await setStock(n)
      if (n % 4 === 0) await pause(10)
    }
    await restarts
    await vi.waitFor(
      () => expect(all.map(({ levels }) => levels.at(-1))).toEqual(Array(READERS).fill(CHANGES)),
      patient,
    )
    for (const { levels, connections } of all) {
      expect(connections()).toBeGreaterThanOrEqual(2)
      expect(levels).toEqual([...new Set(levels)].toSorted((a, b) => a - b))
    }
  })

  it('a reader that is killed is gone within 30 s, and one that stands still does not hold up the others', async () => {
    await vi.waitFor(async () => expect(await readers()).toBe(0), patient)
    const body = JSON.stringify({ documentId: `sha256:${LiveProduct.hash}`, variables: { id: 'p1001' } })
    const { port } = new URL(publicUrl(web))
    const { socket } = connect(
      Number(port),
      `POST /graphql HTTP/1.1\r\nHost: localhost:${port}\r\nx-csrf: 1\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    socket.pause()
    const other = follow()
    await vi.waitFor(async () => expect(await readers()).toBe(2), patient)
    await setStock(2_001)
    await vi.waitFor(() => expect(other.levels.at(-1)).toBe(2_001), patient)
    socket.destroy()
    await vi.waitFor(async () => expect(await readers()).toBe(1), patient)
  })
})

function levelOf(data: unknown): number | undefined {
  const { stock } =
    (data as { data?: { stockChanged?: { stock?: { warehouse: string; available: number }[] } } }).data
      ?.stockChanged ?? {}
  return stock?.find(({ warehouse }) => warehouse === 'BERLIN')?.available
}
