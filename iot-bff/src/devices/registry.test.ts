import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hashOf } from './key.ts'
import type { DeviceRecord } from './record.ts'
import { Devices } from './registry.ts'

let devices: Devices
let heard: string[]
beforeEach(() => {
  vi.useFakeTimers()
  devices = new Devices()
  heard = []
  devices.listen((id, device, former) => heard.push(`${id} ${former?.store ?? '-'} ${device?.store ?? '-'}`))
})
afterEach(() => {
  devices.close()
  vi.useRealTimers()
})

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
const key = (name: string, until?: string) => ({ id: name, hash: hashOf(name), ...(until && { until }) })
const record = (id: string, keys: DeviceRecord['keys'], store = 'ber'): DeviceRecord => ({
  id,
  store,
  list: 'shelf',
  lists: { shelf: { version: 1, skus: ['HB-1001'] } },
  keys,
})

test('a key finds its device; a key of nobody finds none', () => {
  devices.replace([record('d1', [key('one')]), record('d2', [key('two')], 'ham')])
  expect([devices.byKey('one')?.device.store, devices.byKey('two')?.device.store]).toEqual(['ber', 'ham'])
  for (const unknown of ['', 'three', 'one ']) expect(devices.byKey(unknown)).toBeUndefined()
})

test('the whole hash is compared, not what the index is made of', () => {
  const almost = hashOf('one').slice(0, 16).padEnd(64, '0')
  devices.replace([record('d1', [{ id: 'k', hash: almost }])])
  expect(devices.byKey('one')).toBeUndefined()
})

test('a device without a valid key is registered, but not served', () => {
  devices.replace([record('d1', []), record('d2', [key('old', inSeconds(-1))])])
  expect([devices.records.size, devices.byId('d1'), devices.byId('d2'), devices.byKey('old')]).toEqual([
    2,
    undefined,
    undefined,
    undefined,
  ])
})

test('a key that is being replaced is accepted until its instant, and its end is told', () => {
  devices.replace([record('d1', [key('old', inSeconds(60)), key('new')])])
  heard.length = 0
  vi.advanceTimersByTime(59_999)
  expect([devices.byKey('old')?.device.id, devices.byKey('new')?.device.id]).toEqual(['d1', 'd1'])
  vi.advanceTimersByTime(1)
  expect([devices.byKey('old'), devices.byKey('new')?.device.id]).toEqual([undefined, 'd1'])
  expect(heard).toEqual(['d1 ber ber'])
})

test('a key is dead at its instant by the clock, even when the timer is late', () => {
  devices.replace([record('d1', [key('old', inSeconds(60)), key('new')])])
  vi.setSystemTime(Date.now() + 60_000)
  expect([devices.byKey('old'), devices.byKey('new')?.device.id]).toEqual([undefined, 'd1'])
})

test('of several keys that end, each is told, also one months away', () => {
  devices.replace([record('d1', [key('a', inSeconds(90 * 86_400))]), record('d2', [key('b', inSeconds(5))])])
  vi.advanceTimersByTime(5_000)
  expect([devices.byId('d1')?.id, devices.byId('d2')]).toEqual(['d1', undefined])
  vi.advanceTimersByTime(90 * 86_400_000)
  expect([devices.byId('d1'), heard.at(-1)]).toEqual([undefined, 'd1 ber -'])
})

test('a key that is taken away is dead at once; the device that was its is told', () => {
  devices.put('d1', record('d1', [key('one'), key('two')]))
  devices.put('d1', record('d1', [key('two')]))
  expect([devices.byKey('one'), devices.byKey('two')?.device.id]).toEqual([undefined, 'd1'])
  devices.put('d1', undefined)
  expect([devices.byKey('two'), devices.byId('d1'), devices.records.size]).toEqual([undefined, undefined, 0])
  expect(heard).toEqual(['d1 - ber', 'd1 ber ber', 'd1 ber -'])
})

test('taking the whole registry tells of what is another, and of nothing else', () => {
  devices.replace([record('d1', [key('one')]), record('d2', [key('two')]), record('d3', [key('three')])])
  heard.length = 0
  devices.replace([record('d1', [key('one')]), record('d2', [key('two')], 'ham')])
  expect(heard).toEqual(['d3 ber -', 'd2 ber ham'])
})
