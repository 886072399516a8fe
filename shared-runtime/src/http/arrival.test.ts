import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { arrivalOf, byDeadline, lateProblem, requireTime } from './arrival.ts'
import { httpPart } from './http-server.ts'

/** Blocks the event loop, as the work for another request does. */
function busy(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

async function serve(handle: (waitedMs: number) => number) {
  const part = httpPart({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    listener: (request, response) => {
      const status = handle(performance.now() - arrivalOf(request))
      response.writeHead(status).end()
    },
  })
  const address = new URL((await part.start()) ?? '')
  onTestFinished(() => part.stop())
  return address
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: test\r\n\r\n'

/** Sends a request on each socket and returns the status and arrival order of the answers. */
const askAll = (sockets: readonly Socket[]) => {
  const answers = sockets.map((socket) => new Promise((resolve) => socket.once('data', resolve)))
  for (const socket of sockets) socket.write(REQUEST)
  // All requests are in the kernel before the event loop reads the first.
  busy(20)
  return Promise.all(answers)
}

test('the arrival time of a request includes its wait in the kernel while others are handled', async () => {
  const waited: number[] = []
  const { port } = await serve((ms) => {
    waited.push(ms)
    busy(20)
    return 204
  })
  const sockets = Array.from({ length: 10 }, () => connect(Number(port), '127.0.0.1'))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  // On connections that are not accepted yet, and on open ones.
  for (const _ of ['new', 'open']) {
    await askAll(sockets)
    expect(waited).toHaveLength(10)
    expect(Math.max(...waited)).toBeGreaterThan(140)
    expect(Math.min(...waited)).toBeLessThan(60)
    waited.length = 0
  }
})

test('a request that has just arrived has its whole budget; one that waited longer than its budget is refused', async () => {
  expect(() => requireTime(performance.now() + 5)).not.toThrow()
  expect(() => requireTime(performance.now() - 1)).toThrow(
    expect.objectContaining({ code: 'OVERLOADED', status: 503, retryable: true, retryAfterS: 1 }),
  )
  expect(lateProblem(performance.now())).toBeUndefined()
  expect(lateProblem(performance.now() - 1_000)).toMatchObject({ code: 'OVERLOADED' })
})

test('work without a deadline of its own is awaited until the deadline at most', async () => {
  expect(await byDeadline(pause(5, 'done'), performance.now() + 1_000, 'identity')).toBe('done')
  await expect(
    byDeadline(Promise.reject(new Error('its own')), performance.now() + 100, 'x'),
  ).rejects.toThrow('its own')
  const startedAt = performance.now()
  await expect(byDeadline(new Promise(() => {}), startedAt + 50, 'identity')).rejects.toMatchObject({
    code: 'timeout',
    upstream: 'identity',
  })
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
