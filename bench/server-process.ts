import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

/** An HTTP server in a process of its own. */
export type ServerProcess = {
  address: string
  /** The most calls that it has had at a time. */
  most(): Promise<number>
  stop(): void
}

/** Starts one that answers everything with one JSON body, after `delayMs`; `Infinity`: never. */
export async function startServer(body: string, delayMs = 0): Promise<ServerProcess> {
  const env = { ...process.env, SERVER_DELAY_MS: `${delayMs}` }
  const child = fork(fileURLToPath(import.meta.url), [body], { env })
  const next = () => new Promise<string>((resolve) => child.once('message', (text) => resolve(String(text))))
  return {
    address: await next(),
    most: () => {
      const most = next()
      child.send('most?')
      return most.then(Number)
    },
    stop: () => void child.kill(),
  }
}

if (process.send !== undefined && process.env.SERVER_DELAY_MS !== undefined) {
  const body = Buffer.from(process.argv[2] ?? '')
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  const delayMs = Number(process.env.SERVER_DELAY_MS)
  let running = 0
  let most = 0
  const server = createServer((_, response) => {
    most = Math.max(most, ++running)
    response.once('close', () => running--)
    const answer = () => void response.writeHead(200, headers).end(body)
    if (delayMs === 0) answer()
    else if (Number.isFinite(delayMs)) setTimeout(answer, delayMs)
  })
  server.keepAliveTimeout = 60_000
  process.on('message', () => process.send?.(most))
  // The bench has ended, however it did.
  process.once('disconnect', () => process.exit())
  server.listen(0, '127.0.0.1', () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
}
