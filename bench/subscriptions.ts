/**
 * Subscriptions of the web BFF over real sockets: the time from a change of stock at the service to each of 2,000
 * readers of that product, whose services and readers share the machine with the BFF; and the heap over 100,000
 * connects, each of which gets a state and leaves.
 */
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startMockServices } from '@harbor/mock-services'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { LiveProduct } from '../examples/web-dashboard/src/gen/operations.ts'
import { liveWorld } from '../graphql-bff/test/live-world.ts'
import { count, median, quantile, report } from './figures.ts'
import { runServer } from './running-server.ts'

const SUBSCRIBERS = count('SUBSCRIBERS', 2_000)
const CHANGES = count('CHANGES', 60)
const CONNECTS = count('CONNECTS', 100_000)
const SIDE_BY_SIDE = 50
const SAMPLES = 20
const EVERY_MS = 500
const P99_MS = 100
const MAX_GROWTH_MB = 2
const MB = 1_048_576

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** A subscriber of `p1001` on a connection of its own; `heard` is called with each level of stock in Berlin. */
function subscribe(address: string, heard: (available: number) => void): Promise<net.Socket> {
  const { port } = new URL(address)
  const body = JSON.stringify({ documentId: `sha256:${LiveProduct.hash}`, variables: { id: 'p1001' } })
  const head = [
    'POST /graphql HTTP/1.1',
    `Host: localhost:${port}`,
    'X-CSRF: 1',
    'Accept: text/event-stream',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ]
  const socket = net.connect(Number(port), '127.0.0.1')
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.setEncoding('latin1').on('data', (text: string) => {
      const found = /"warehouse":"BERLIN","available":(\d+)/.exec(text)
      if (!found) return text.startsWith('HTTP/1.1 200') ? undefined : reject(new Error(text))
      heard(Number(found[1]))
      resolve(socket)
    })
  })
}

/** Milliseconds of each delivery, and microseconds of CPU that the BFF used for one. */
async function delivery(): Promise<{ ms: number[]; cpuUs: number }> {
  const mocks = await startMockServices({ defaultFaults: false })
  const web = await runServer({
    name: 'graphql-bff',
    command: ['node', '--max-semi-space-size=16', 'src/server.ts'],
    cwd: fileURLToPath(new URL('../graphql-bff', import.meta.url)),
    env: {
      PORT: '0',
      MANAGEMENT_PORT: '0',
      EVENTS_URL: `${mocks.controlUrl}/events`,
      RATE_LIMIT_ADDRESS: '100000000/60',
      SUBSCRIPTIONS_PER_ADDRESS: '100000',
      ...Object.fromEntries(
        Object.entries(mocks.services).map(([name, url]) => [`${name.toUpperCase()}_URL`, url]),
      ),
    },
  })
  let changedAt = 0
  let level = 0
  let delivered = 0
  const ms: number[] = []
  const heard = (available: number) => {
    if (available !== level) return
    delivered++
    ms.push(performance.now() - changedAt)
  }
  const sockets: net.Socket[] = []
  while (sockets.length < SUBSCRIBERS)
    sockets.push(
      ...(await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => subscribe(web.address, heard)))),
    )
  await pause(1_000)
  ms.length = 0
  const cpuBefore = web.cpuUs()
  for (let change = 1; change <= CHANGES; change++) {
    delivered = 0
    level = 10_000 + change
    changedAt = performance.now()
    await fetch(`${mocks.controlUrl}/stock/ber/HB-1001`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ available: level }),
    })
    await pause(EVERY_MS)
    if (delivered !== sockets.length)
      throw new Error(`change ${change} reached ${delivered} of ${sockets.length}`)
  }
  const cpuUs = (web.cpuUs() - cpuBefore) / ms.length
  for (const socket of sockets) socket.destroy()
  await web.stop()
  await mocks.close()
  return { ms, cpuUs }
}

/** Heap in MB after each of the samples. */
async function heapOverConnects(): Promise<{ heap: number[]; left: unknown }> {
  const world = liveWorld()
  const bff = world.start({ perSession: 1, perAddress: 1_000, perProcess: 1_000 })
  const part = httpPart({
    name: 'http',
    fetch: bff.app.fetch,
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
  })
  const address = (await part.start()) ?? ''
  const heap: number[] = []
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (let n = 0; n < CONNECTS / SAMPLES; n += SIDE_BY_SIDE) {
      const sockets = await Promise.all(
        Array.from({ length: SIDE_BY_SIDE }, () => subscribe(address, () => {})),
      )
      for (const socket of sockets) socket.destroy()
    }
    // What the fake services have written down of their callers is no part of it.
    world.contexts.length = 0
    await pause(200)
    collect()
    heap.push(process.memoryUsage().heapUsed / MB)
  }
  const left = bff.details()
  await part.stop()
  return { heap, left }
}

const { ms, cpuUs } = await delivery()
const { heap, left } = await heapOverConnects()
// The first quarter fills caches and compiles code.
const settled = heap.slice(Math.ceil(heap.length / 4))
const growth = (settled.at(-1) ?? 0) - (settled[0] ?? 0)
const p99 = quantile(ms, 0.99)
report([
  {
    figure: `${SUBSCRIBERS} subscribers: a change of stock is with them after ${median(ms).toFixed(1)} ms (median), ${p99.toFixed(1)} ms (p99)`,
    promise: `p99 < ${P99_MS} ms`,
    holds: p99 < P99_MS,
  },
  { figure: `${cpuUs.toFixed(1)} µs of CPU for a delivery`, promise: 'no target' },
  {
    figure: `${CONNECTS} connects: the heap went from ${settled[0]?.toFixed(1)} to ${settled.at(-1)?.toFixed(1)} MB; ${JSON.stringify(left)} are left`,
    promise: `at most ${MAX_GROWTH_MB} MB more, and nobody left`,
    holds: growth <= MAX_GROWTH_MB && JSON.stringify(left) === '{"readers":0,"states":0,"topics":0}',
  },
])
