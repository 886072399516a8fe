import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { StartError } from '../process/part.ts'
import { isBlockedPort } from './blocked-ports.ts'
import { listen } from './http-server.ts'

test('the list of blocked ports equals the ports that fetch refuses', async () => {
  const refused: number[] = []
  const asked = Array.from({ length: 11_000 }, (_, port) => port)
  // A blocked port fails before anything is sent; the others fail here because there is no network.
  const dispatcher = {
    dispatch: () => {
      throw new Error('asked')
    },
  }
  for (const port of asked) {
    const options: RequestInit & { dispatcher: unknown } = { dispatcher }
    const error = await fetch(`http://127.0.0.1:${port}`, options).catch((error: unknown) => error)
    if (error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port')
      refused.push(port)
  }
  expect(asked.filter(isBlockedPort)).toEqual(refused)
})

test('a server over HTTP does not start on a port that no browser can reach, and names the variable', async () => {
  await expect(listen(createServer(), '127.0.0.1', 6000, 'MANAGEMENT_PORT')).rejects.toEqual(
    new StartError(
      'port 6000 cannot be reached by browsers and fetch, which block it. Set MANAGEMENT_PORT to another port.',
    ),
  )
})
