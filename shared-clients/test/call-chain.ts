import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { onTestFinished } from 'vitest'
import type { Attempt, Operation } from '../src/call/attempt.ts'
import { CallChain } from '../src/call/chain.ts'
import type { ResilienceSettings } from '../src/call/defaults.ts'

/** A chain before a transport of a test's own. */
export const chainOf = (settings: Partial<ResilienceSettings> = {}) =>
  new CallChain('catalog', { timeoutMs: 1_000, ...settings }, async () => 'a-token')

const SHAPE = {}

/** A read that is sent as `send` says; each sending is kept. */
export function read<T>(
  send: (attempt: Attempt<T>, nth: number) => void,
  differing: Partial<Operation<T>> = {},
): Operation<T> & { sent: Attempt<T>[] } {
  const sent: Attempt<T>[] = []
  return {
    endpoint: 'GET /things/{id}',
    repeatable: true,
    isRead: true,
    key: '/things/1',
    shape: SHAPE,
    trace: { traceId: '1'.repeat(32), spanId: '1'.repeat(16), sampled: false },
    spanId: '2'.repeat(16),
    sent,
    send(attempt) {
      sent.push(attempt)
      send(attempt, sent.length)
    },
    ...differing,
  }
}

export const failure = (code: UpstreamErrorCode, cause?: unknown) =>
  new UpstreamError('catalog', code, 'of the test', { cause })

/** What is published on a channel until the test ends. */
export function listen<Message>(name: string): Message[] {
  const heard: Message[] = []
  const hear = (message: unknown) => void heard.push(message as Message)
  subscribe(name, hear)
  onTestFinished(() => void unsubscribe(name, hear))
  return heard
}
