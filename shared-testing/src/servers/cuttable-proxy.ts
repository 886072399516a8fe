import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type CuttableProxy = Awaited<ReturnType<typeof startProxy>>

/** Stands between a feed and its reader, and can do what networks do. */
export async function startProxy(target: { port: number }) {
  const sockets = new Set<Socket>()
  let refusing = false
  let silent = false
  const server = createServer((near) => {
    if (refusing) return void near.destroy()
    const far = connect(target.port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => void (silent || to.write(chunk)))
      from.on('error', () => {})
      from.once('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    /** Every connection that there is is gone. */
    cut,
    /** Connections are cut, and new ones end at once. */
    refuse(on: boolean) {
      refusing = on
      if (on) cut()
    },
    /** Nothing comes through in either direction, and nobody is told. */
    silence(on: boolean) {
      silent = on
    },
    connections: () => sockets.size / 2,
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
