import type { Part } from '@harbor/shared-runtime/part'

/** The public URL of this BFF: as set, otherwise localhost with the port on which the server listens. */
export function publicUrl({ PUBLIC_URL, PORT }: { PUBLIC_URL?: string | undefined; PORT: number }) {
  let port = PORT
  return {
    origin: () => PUBLIC_URL ?? `http://localhost:${port}`,
    /** The server, whose port may be unknown until it listens. */
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
