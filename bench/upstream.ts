import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startMockServices } from '@harbor/mock-services'
import { createRequestContext, type RequestContext } from '@harbor/shared-runtime/request-context'
import { createInternalTokens } from '../shared-clients/src/call/internal-tokens.ts'
import { createTokenExchange } from '../shared-clients/src/call/token-exchange.ts'
import { openIdentity } from '../shared-clients/src/services/identity.ts'

export const ONE_TOKEN = async () => 'a-token'

/** An HTTP service of a bench's own, in this process, so that both sides share a clock. */
export async function startUpstream(listener: RequestListener, port = 0) {
  const server = createServer(listener)
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: bound } = server.address() as AddressInfo
  return {
    port: bound,
    address: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The domain services, and their tokens for a BFF. */
export async function startServices() {
  const mocks = await startMockServices({ defaultFaults: false })
  const identity = openIdentity({ issuer: mocks.services.identity })
  const tokens = createInternalTokens(
    createTokenExchange({ identity, clientId: 'mobile-bff', clientSecret: 'mobile-bff-secret' }),
  )
  return {
    mocks,
    tokens,
    async stop() {
      await identity.close()
      await mocks.close()
    },
  }
}

export const request = (budgetMs = 60_000, consumer?: AbortSignal): RequestContext =>
  createRequestContext({ budgetMs, consumer })

/** Calls `act` this many times a second, however long it takes; resolves with all outcomes. */
export async function atRate<T>(
  perSecond: number,
  calls: number,
  act: (n: number) => Promise<T>,
): Promise<T[]> {
  const started = performance.now()
  const running: Promise<T>[] = []
  while (running.length < calls) {
    const due = Math.min(calls, Math.floor(((performance.now() - started) / 1000) * perSecond) + 1)
    while (running.length < due) running.push(act(running.length))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return Promise.all(running)
}

export type Timed = { ms: number; code: string }

/** Duration of a call in milliseconds, and its outcome: `ok` or the code of its error. */
export async function timed(call: Promise<unknown>): Promise<Timed> {
  const start = performance.now()
  const code = await call.then(
    () => 'ok',
    (error: { code?: string }) => error.code ?? String(error),
  )
  return { ms: performance.now() - start, code }
}

/** Waits for a condition and returns the milliseconds that took; `Infinity` after `withinMs`. */
export async function until(isSo: () => boolean, withinMs = 10_000): Promise<number> {
  const start = performance.now()
  while (!isSo()) {
    if (performance.now() - start > withinMs) return Number.POSITIVE_INFINITY
    await new Promise((resolve) => setImmediate(resolve))
  }
  return performance.now() - start
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
