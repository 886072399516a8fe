/** The ports of several processes, looked at before any of them starts. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { isBlockedPort } from '../shared-runtime/src/http/blocked-ports.ts'

export type PortUse = {
  readonly port: number
  /** `http` must be reachable by browsers and fetch. */
  readonly by: 'http' | 'tcp' | 'udp'
  /** Who listens, as the message names it: `graphql-bff (MANAGEMENT_PORT)`. */
  readonly owner: string
}

const HIGHEST = 65_535
const HOST = '127.0.0.1'

/** One line for each port that cannot be used: too high, blocked, used twice, or taken by another program. */
export async function portTroubles(uses: readonly PortUse[]): Promise<string[]> {
  const troubles = await Promise.all(
    uses.map(async (use, index) => {
      const why = unusable(use, uses.slice(0, index)) ?? (await taken(use))
      return why && `port ${use.port} of ${use.owner} ${why}`
    }),
  )
  return troubles.filter((trouble) => trouble !== undefined)
}

function unusable({ port, by }: PortUse, earlier: readonly PortUse[]): string | undefined {
  if (port > HIGHEST) return `is above ${HIGHEST}`
  if (by === 'http' && isBlockedPort(port)) return 'is blocked by browsers and fetch'
  const other = earlier.find((use) => use.port === port && (use.by === 'udp') === (by === 'udp'))
  return other && `is also that of ${other.owner}`
}

async function taken({ port, by }: PortUse): Promise<string | undefined> {
  try {
    if (by === 'udp') {
      const socket = createSocket('udp4')
      socket.bind(port, HOST)
      await once(socket, 'listening')
      await new Promise<void>((resolve) => socket.close(resolve))
    } else {
      const server = createServer().listen(port, HOST)
      await once(server, 'listening')
      await new Promise((resolve) => server.close(resolve))
    }
    return undefined
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    return code === 'EADDRINUSE'
      ? 'is already in use by another program'
      : `cannot be listened on: ${String(code)}`
  }
}
