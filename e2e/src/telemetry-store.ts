import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { random } from '@harbor/shared-testing/seed'

/** Share of calls after which the service dies: before it has stored anything, or before it has said so. */
const DIES = 0.02

/**
 * A telemetry service that keeps what it has stored, whatever happens to its process. It dies by itself now and then,
 * in the middle of a call.
 */
export async function startTelemetryStore() {
  /** Values of the readings that it has. */
  const stored = new Set<number>()
  const ids = new Set<string>()
  let duplicates = 0
  let isDown = false
  let isSettled = false
  let deaths = 0
  const sockets = new Set<Socket>()

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (dies()) return die(50)
    const { readings } = JSON.parse(Buffer.concat(chunks).toString()) as {
      readings: { id: string; value: number }[]
    }
    for (const { id, value } of readings) {
      if (ids.has(id)) duplicates++
      ids.add(id)
      stored.add(value)
    }
    if (dies()) return die(50)
    response.writeHead(202, { 'content-type': 'application/json' }).end('{}')
  })
  server.on('connection', (socket) => {
    if (isDown) return void socket.destroy()
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const dies = () => !isSettled && random() < DIES

  function die(forMs: number): void {
    deaths++
    isDown = true
    for (const socket of sockets) socket.destroy()
    void sleep(forMs).then(() => {
      isDown = false
    })
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stored,
    die,
    /** From now on it does not die by itself. */
    settle() {
      isSettled = true
    },
    counts: () => ({ duplicates, deaths }),
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
