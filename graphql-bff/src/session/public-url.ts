import type { Part } from '@harbor/shared-runtime/part'

/** Where users find this BFF: as set, else at this machine, on the port that its server has got. */
export function publicUrl({ PUBLIC_URL, PORT }: { PUBLIC_URL?: string | undefined; PORT: number }) {
  let port = PORT
  return {
    origin: () => PUBLIC_URL ?? `http://localhost:${port}`,
    /** The server, whose port may be any until it listens. */
    following: (server: Part): Part => ({
      ...server,
      async start() {
        const address = await server.start()
        if (address !== undefined) port = Number(new URL(address).port)
        return address
      },
    }),
  }
}
