import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'

/**
 * Below the ports that the operating system gives out itself, so that no listener on port 0 takes one meanwhile; above
 * 10080, which `fetch` refuses; low enough for the port that a Redis cluster node opens 10,000 above its own.
 */
const RANGE = { from: 10_100, to: 20_000 }

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(RANGE.from, RANGE.to)
    const server = net.createServer().listen(port, '127.0.0.1')
    const [isFree] = await Promise.allSettled([once(server, 'listening')])
    await new Promise((resolve) => server.close(resolve))
    if (isFree.status === 'fulfilled') return port
  }
}

/** The first of so many free ports in a row, below those that the operating system gives out itself. */
export async function freePortBlock(count: number): Promise<number> {
  for (let first = 20_000 + (process.pid % 500) * 20; first < 32_000; first += count) {
    const servers = Array.from({ length: count }, (_, index) =>
      net.createServer().listen(first + index, '127.0.0.1'),
    )
    const outcomes = await Promise.allSettled(servers.map((server) => once(server, 'listening')))
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    if (outcomes.every(({ status }) => status === 'fulfilled')) return first
  }
  throw new Error(`no ${count} free ports in a row`)
}
