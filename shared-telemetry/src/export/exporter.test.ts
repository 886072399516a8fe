import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { callEvents } from '@harbor/shared-clients/call-events'
import { createLog } from '@harbor/shared-runtime/log'
import { expect, onTestFinished, test, vi } from 'vitest'
import { call } from '../../test/calls.ts'
import { request } from '../../test/facts.ts'
import { Subscriptions } from '../subscriptions.ts'
import type { RequestRecord } from '../traces/record.ts'
import { recordRequests } from '../traces/recorder.ts'
import { createExporter } from './exporter.ts'

/** A collector that answers with a status, and what it was sent. */
async function collector(answer: () => number) {
  const bodies: { resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[] }[] = []
  const server = createServer(async (asked, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of asked) chunks.push(chunk)
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()))
    response.writeHead(answer()).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const spans = () => bodies.flatMap(({ resourceSpans }) => resourceSpans[0]?.scopeSpans[0]?.spans ?? [])
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, bodies }
}

function recordsOf(make: () => void): RequestRecord[] {
  const subscriptions = new Subscriptions(createLog('test', 'silent'))
  const records: RequestRecord[] = []
  recordRequests(subscriptions.listen, (record) => records.push(record))
  make()
  subscriptions.end()
  return records
}

const log = () => ({ warn: vi.fn(), info: vi.fn() })

test('a request is sent as a span with one child for each call, on one clock', async () => {
  const { endpoint, spans } = await collector(() => 200)
  const exporter = createExporter({ endpoint, service: 'test-bff', log: log(), flushMs: 20 })
  const before = Date.now()
  const records = recordsOf(() =>
    request({ ms: 30 }, (facts) => callEvents.finished.publish(call.finished({ durationMs: 12 }, facts))),
  )
  for (const record of records) exporter.add(record)
  await expect.poll(() => spans().length).toBe(2)
  const [parent, child] = spans()
  expect(child).toMatchObject({ traceId: parent?.traceId, parentSpanId: parent?.spanId, kind: 3 })
  const ms = (value: unknown) => Number(BigInt(String(value)) / 1_000_000n)
  expect(Math.abs(ms(parent?.startTimeUnixNano) - before)).toBeLessThan(5_000)
  expect(ms(child?.endTimeUnixNano) - ms(child?.startTimeUnixNano)).toBeGreaterThanOrEqual(11)
  await exporter.stop()
  expect(exporter.state()).toEqual({ sent: 1, dropped: 0, waiting: 0 })
})

test('what a collector does not take is dropped, counted and logged once', async () => {
  let status = 500
  const { endpoint, bodies } = await collector(() => status)
  const lines = log()
  const exporter = createExporter({ endpoint, service: 'test-bff', log: lines, flushMs: 20 })
  const [record] = recordsOf(() => request())
  if (!record) throw new Error('no record')
  for (let i = 1; i <= 3; i++) {
    exporter.add(record)
    await expect.poll(() => bodies.length).toBe(i)
  }
  expect(lines.warn).toHaveBeenCalledOnce()
  status = 200
  exporter.add(record)
  await expect.poll(() => exporter.state().sent).toBe(1)
  expect(exporter.state().dropped).toBe(3)
  expect(lines.info).toHaveBeenCalledOnce()
  await exporter.stop()
})

test('a collector that is away costs a bounded number of records', async () => {
  const exporter = createExporter({ endpoint: 'http://127.0.0.1:9', service: 'test-bff', log: log() })
  const [record] = recordsOf(() => request())
  if (!record) throw new Error('no record')
  for (let i = 0; i < 10_000; i++) exporter.add(record)
  expect(exporter.state()).toEqual({ sent: 0, dropped: 8_000, waiting: 2_000 })
  await exporter.stop()
})
