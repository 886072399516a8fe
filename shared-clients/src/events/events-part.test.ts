import { parseConfig } from '@harbor/shared-runtime/config'
import { createLog } from '@harbor/shared-runtime/log'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { fakeFeed } from '../../test/fake-feed.ts'
import type { DomainEvent } from './event.ts'
import { eventsPart, purging } from './events-part.ts'
import { eventSettings, openEventFeed } from './settings.ts'

function part() {
  const fake = fakeFeed()
  const purged: string[][] = []
  const cache = { invalidate: async (tags: string[]) => void purged.push(tags) }
  const limits = { waits: { firstMs: 1, longestMs: 5 } }
  const events = eventsPart({
    feed: fake.feed,
    log: createLog('test', 'silent'),
    limits,
    ...purging([cache]),
  })
  onTestFinished(() => events.stop())
  return { fake, events, purged }
}

test('started once connected, it purges what each event makes obsolete', async () => {
  const { fake, events, purged } = part()
  await events.start()
  expect(events.live()).toBe(true)
  fake.send('product', { id: 'p1001', sku: 'HB-1001', name: 'A pan', active: true })
  await vi.waitUntil(() => purged.length > 0)
  expect(purged).toEqual([['catalog:product:p1001', 'catalog:list']])
})

test('a feed that is down keeps no process from starting; once it is up, everything goes', async () => {
  const { fake, events, purged } = part()
  fake.down(true)
  await events.start()
  expect([events.live(), events.unready?.()]).toEqual([false, undefined])
  fake.down(false)
  await vi.waitUntil(() => events.live())
  expect(purged).toEqual([['inventory:stock', 'pricing:price', 'catalog:product', 'catalog:list']])
})

test('who remembers its place goes on from there, and who has forgotten it has missed something', async () => {
  for (const [lastEvent, gaps] of [
    [async () => '1', 0],
    [async () => undefined, 1],
    [() => Promise.reject(new Error('Redis is away')), 1],
  ] as const) {
    const fake = fakeFeed()
    for (const sku of ['A', 'B']) fake.stock(sku, 1)
    const applied: string[] = []
    const onGap = vi.fn()
    const apply = (event: DomainEvent) => void applied.push(event.id)
    const log = createLog('test', 'silent')
    const events = eventsPart({ name: 'changes', feed: fake.feed, log, lastEvent, apply, onGap })
    onTestFinished(() => events.stop())
    await events.start()
    fake.stock('C', 1)
    await vi.waitUntil(() => applied.includes('3'))
    expect([events.name, applied, onGap.mock.calls.length]).toEqual([
      'changes',
      gaps ? ['3'] : ['2', '3'],
      gaps,
    ])
  }
})

test('stopped, it reads no more', async () => {
  const { fake, events, purged } = part()
  await events.start()
  await events.stop()
  fake.stock('A', 1)
  expect([fake.readers(), events.live(), purged]).toEqual([0, false, []])
})

test('the settings name the feed', () => {
  const read = (env: Record<string, string>) => parseConfig(z.object(eventSettings), env)
  expect(read({}).EVENTS_URL).toBe('http://127.0.0.1:4100/events')
  expect(openEventFeed(read({})).name).toBe('sse')
  expect(openEventFeed(read({ REDIS_URL: 'redis://127.0.0.1:1' })).name).toBe('redis')
  expect(() => read({ EVENTS_URL: 'ftp://x' })).toThrow(/EVENTS_URL: given "ftp:\/\/x"; allowed: an http/)
  expect(() => read({ EVENTS_URL: 'http://a:b@x/' })).toThrow(/EVENTS_URL: given "http:\/\/…@x\/"/)
})
