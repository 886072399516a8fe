import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { request, startUpstream, timed } from '../../test/upstream.ts'
import { get } from './endpoint.ts'
import { httpClient } from './http.ts'

const anything = get('/things/{id}', z.unknown())

test('a call that was given up while it waited for a connection is never sent', async () => {
  const upstream = await startUpstream(() => {})
  const settings = { timeoutMs: 5_000, bulkhead: { maxConcurrent: 100 }, retry: false, hedge: false } as const
  const client = httpClient('catalog', settings, (call) => call).open(upstream.address, async () => 't')
  onTestFinished(() => client.close())
  const context = request()
  // All 64 connections of the pool.
  for (let n = 0; n < 64; n++) void client.bind(context)(anything, { path: { id: `held-${n}` } })
  await expect.poll(() => upstream.requests.length).toBe(64)
  const late = await timed(client.bind(request())(anything, { path: { id: 'late' }, timeoutMs: 30 }))
  expect(late.error).toMatchObject({ code: 'timeout' })
  context.abort()
  await pause(100)
  expect(upstream.requests.filter(({ url }) => url === '/things/late')).toEqual([])
})
