import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequestContext, type RequestContext } from '@harbor/shared-runtime/request-context'
import { onTestFinished } from 'vitest'
import { type HttpCall, httpClient } from '../src/call/http.ts'

/** A service of a test's own, on a free port, that ends with the test. */
export async function startUpstream(listener: RequestListener) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  onTestFinished(async () => void (await close()))
  const connections = () => new Promise<number>((resolve) => server.getConnections((_, n) => resolve(n)))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections,
    close,
  }
}

/** A service that answers every request with a status and a body. */
export const startAnswering = (status: number, body: string | Buffer, headers: Record<string, string> = {}) =>
  startUpstream((_, response) => void response.writeHead(status, headers).end(body))

/** The calls of the catalog client to an address, for one request. */
export function callsTo(address: string, { timeoutMs = 1_000, context = request() } = {}): HttpCall {
  const client = httpClient('catalog', { timeoutMs }, (call) => call).open(address, async () => 'a-token')
  onTestFinished(() => client.close())
  return client.bind(context)
}

export const request = (options: Partial<Parameters<typeof createRequestContext>[0]> = {}): RequestContext =>
  createRequestContext({ budgetMs: 5_000, ...options })

/** How long a piece of work took, in milliseconds, and how it ended. */
export async function timed<T>(work: Promise<T>): Promise<{ ms: number; value?: T; error?: unknown }> {
  const start = performance.now()
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  return { ms: performance.now() - start, ...outcome }
}

export async function readAll(message: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of message.setEncoding('utf8')) text += chunk
  return text
}
