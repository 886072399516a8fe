import net from 'node:net'

/** Low enough for the port that a Redis cluster node opens 10,000 above its own. */
const HIGHEST = 55_000

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as net.AddressInfo
    await new Promise((resolve) => server.close(resolve))
    if (port <= HIGHEST) return port
  }
}
