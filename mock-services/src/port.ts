import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'

/** A port that can be closed and opened again while the process goes on. */
export type Port = {
  port: number
  /** `http://127.0.0.1:4102` */
  address: string
  /** Closed: connecting is refused and what was connected is cut. */
  refuse(refuse: boolean): Promise<void>
  close(): Promise<void>
}

/** Thrown when a port cannot be listened on, with all that is known about why. */
export class PortError extends Error {
  readonly port: number
  readonly owner: string

  constructor(owner: string, port: number, cause: unknown) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
    super(
      `port ${port} (${owner}) ${taken ? 'is already in use' : `cannot be listened on: ${String(cause)}`}`,
      { cause },
    )
    this.port = port
    this.owner = owner
  }
}

/** Listens; port 0 takes a free one and keeps its number. @throws {PortError} */
export async function openPort(
  server: Server,
  { owner, host, port }: { owner: string; host: string; port: number },
): Promise<Port> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  const listen = async (on: number) => {
    server.listen(on, host)
    await once(server, 'listening').catch((error: unknown) => {
      throw new PortError(owner, on, error)
    })
  }
  const shut = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  await listen(port)
  const actual = (server.address() as AddressInfo).port
  // One after the other, so that a quick "close, open" ends open.
  let turn = Promise.resolve()
  return {
    port: actual,
    address: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    refuse(refuse) {
      const next = turn.then(async () => {
        if (refuse === server.listening) await (refuse ? shut() : listen(actual))
      })
      turn = next.catch(() => {})
      return next
    },
    close: () => turn.then(shut),
  }
}
