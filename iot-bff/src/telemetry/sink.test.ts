import type { NewReading } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createLog } from '@harbor/shared-runtime/log'
import { expect, test, vi } from 'vitest'
import { createTelemetrySink, type RecordReadings } from './sink.ts'

const log = createLog('test', 'silent')
const reading = (id: string): NewReading => ({
  id,
  deviceId: 'd101',
  name: 'temperature',
  unit: 'Cel',
  value: 20,
  at: '2026-11-27T00:00:00.000Z',
})
const readings = (count: number, prefix = 'r') =>
  Array.from({ length: count }, (_, n) => reading(`${prefix}${n}`))

/** A telemetry service that answers when told to. */
function service() {
  const calls: { ids: string[]; answer: (error?: Error) => void }[] = []
  const record: RecordReadings = (batch) =>
    new Promise((resolve, reject) => {
      calls.push({ ids: batch.map(({ id }) => id), answer: (error) => (error ? reject(error) : resolve()) })
    })
  return { calls, record, sink: createTelemetrySink({ record, log }) }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('nothing is acknowledged before the service has it', async () => {
  const { calls, sink } = service()
  let outcome: string | undefined
  void sink([reading('a')]).then((is) => (outcome = is))
  await turn()
  await turn()
  expect([calls.length, outcome]).toEqual([1, undefined])
  calls[0]?.answer()
  await expect.poll(() => outcome).toBe('stored')
})

test('what comes together, and while calls are under way, travels together', async () => {
  const { calls, sink } = service()
  const all = Array.from({ length: 400 }, (_, n) => sink([reading(`a${n}`)]))
  await turn()
  await turn()
  const more = Array.from({ length: 1_200 }, (_, n) => sink([reading(`b${n}`)]))
  for (let answered = 0; answered < calls.length || answered < 4; answered++) {
    await expect.poll(() => calls.length).toBeGreaterThan(answered)
    calls[answered]?.answer()
    await turn()
  }
  expect(new Set(await Promise.all([...all, ...more]))).toEqual(new Set(['stored']))
  expect(calls.length).toBeLessThanOrEqual(5)
  expect(Math.max(...calls.map(({ ids }) => ids.length))).toBeLessThanOrEqual(500)
  expect(new Set(calls.flatMap(({ ids }) => ids)).size).toBe(1_600)
})

test('a service that fails is "unavailable" to all of a batch', async () => {
  const { calls, sink } = service()
  const outcomes = Promise.all([sink([reading('a')]), sink([reading('b')])])
  await expect.poll(() => calls.length).toBe(1)
  calls[0]?.answer(new UpstreamError('telemetry', 'unavailable', 'gone'))
  expect(await outcomes).toEqual(['unavailable', 'unavailable'])
})

test('one that the service rejects does not keep its neighbours back', async () => {
  const record: RecordReadings = async (batch) => {
    if (batch.some(({ id }) => id === 'bad')) throw new UpstreamError('telemetry', 'rejected', 'no')
  }
  const sink = createTelemetrySink({ record, log })
  expect(await Promise.all(['a', 'bad', 'c'].map((id) => sink([reading(id)])))).toEqual([
    'stored',
    'rejected',
    'stored',
  ])
})

test('what is too much to wait for is refused at once, and what a slow service leaves is refused in time', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const record: RecordReadings = (_, signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const sink = createTelemetrySink({ record, log })
  const slow = Array.from({ length: 80 }, (_, n) => sink(readings(100, `s${n}-`)))
  const counted = Promise.all(slow).then((outcomes) => outcomes.length)
  await turn()
  // Four calls of 500 are under way; 5,000 more may wait.
  expect(await sink(readings(5_001))).toBe('unavailable')
  for (let i = 0; i < 8; i++) {
    await vi.advanceTimersByTimeAsync(1_500)
    await turn()
  }
  expect(await counted).toBe(80)
  vi.useRealTimers()
})

test('no readings are stored without a call', async () => {
  const { calls, sink } = service()
  expect(await sink([])).toBe('stored')
  expect(calls).toHaveLength(0)
})
