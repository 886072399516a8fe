import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { backgroundContext, createRequestContext, remainingMs } from './request-context.ts'

test('a disconnect of the consumer ends the request with the same reason', () => {
  const consumer = new AbortController()
  const context = createRequestContext({ budgetMs: 500, consumer: consumer.signal })
  expect(context.signal.aborted).toBe(false)
  const reason = new Error('connection closed')
  consumer.abort(reason)
  expect(context.signal.aborted).toBe(true)
  expect(context.signal.reason).toBe(reason)
})

test('a consumer that disconnected before the request began ends it at once', () => {
  const context = createRequestContext({ budgetMs: 500, consumer: AbortSignal.abort() })
  expect(context.signal.aborted).toBe(true)
})

test('the end of a request ends its upstream calls and releases the signal of the consumer', () => {
  const consumer = new AbortController()
  const context = createRequestContext({ budgetMs: 500, consumer: consumer.signal })
  expect(getEventListeners(consumer.signal, 'abort')).toHaveLength(1)
  context.end()
  expect(context.signal.aborted).toBe(true)
  expect(getEventListeners(consumer.signal, 'abort')).toHaveLength(0)
})

test('ending a request affects neither its consumer nor another request of the same consumer', () => {
  const consumer = new AbortController()
  const first = createRequestContext({ budgetMs: 500, consumer: consumer.signal })
  const second = createRequestContext({ budgetMs: 500, consumer: consumer.signal })
  first.abort(new Error('a critical source failed'))
  first.end()
  expect(consumer.signal.aborted).toBe(false)
  expect(second.signal.aborted).toBe(false)
})

test('upstream calls get 95 % of the budget: the rest is for the answer itself', () => {
  const before = performance.now()
  const { deadline } = createRequestContext({ budgetMs: 1_000 })
  const after = performance.now()
  expect(deadline).toBeGreaterThanOrEqual(before + 950)
  expect(deadline).toBeLessThanOrEqual(after + 950)
})

test('what remains never falls below zero', () => {
  expect(remainingMs(performance.now() - 1_000)).toBe(0)
  expect(remainingMs(performance.now() + 1_000)).toBeGreaterThan(990)
})

test('a trace is continued from the header, or passed in', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const continued = createRequestContext({ budgetMs: 1, traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
  expect(continued.trace.traceId).toBe(traceId)
  expect(createRequestContext({ budgetMs: 1, trace: continued.trace }).trace).toBe(continued.trace)
})

test('background work has no deadline and ends with its signal', () => {
  const process = new AbortController()
  const context = backgroundContext(process.signal)
  expect(remainingMs(context.deadline)).toBe(Number.POSITIVE_INFINITY)
  expect(context.signal.aborted).toBe(false)
  process.abort()
  expect(context.signal.aborted).toBe(true)
})
