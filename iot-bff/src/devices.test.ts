import { hash } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '@harbor/shared-runtime/part'
import { expect, test } from 'vitest'
import { createDevices, loadDevices } from './devices.ts'

const written = async (content: string) => {
  const file = join(await mkdtemp(join(tmpdir(), 'devices-')), 'devices.json')
  await writeFile(file, content)
  return file
}
const device = {
  id: 'd1',
  store: 'ber',
  list: 'shelf',
  lists: { shelf: { version: 1, skus: ['HB-1001'] } },
  keyHashes: ['0'.repeat(64)],
}

test('a key finds its device; a key of nobody finds none', async () => {
  const devices = await loadDevices(undefined)
  expect(devices.byKey('harbor-demo-key-d101')?.store).toBe('ber')
  expect(devices.byKey('harbor-demo-key-d102')?.store).toBe('ham')
  for (const key of ['', 'harbor-demo-key-d103', 'harbor-demo-key-d101 '])
    expect(devices.byKey(key)).toBeUndefined()
})

test('the whole hash is compared, not what the index is made of', () => {
  const keyHash = hash('sha256', 'key').slice(0, 16).padEnd(64, '0')
  const devices = createDevices({ devices: [{ ...device, keyHashes: [keyHash] }] })
  expect(devices.byKey('key')).toBeUndefined()
})

test('a device has a key no longer once its hash is gone', async () => {
  const devices = await loadDevices(
    await written(JSON.stringify({ devices: [{ ...device, keyHashes: [] }] })),
  )
  expect(devices.byId('d1')).toBeDefined()
  expect(devices.all).toHaveLength(1)
})

test.each([
  ['no file', '/nowhere/devices.json'],
  ['no JSON', 'x'],
  ['a key in the clear', JSON.stringify({ devices: [{ ...device, keyHashes: ['secret'] }] })],
  ['a list that is missing', JSON.stringify({ devices: [{ ...device, list: 'window' }] })],
  ['a store that could not stand in a topic', JSON.stringify({ devices: [{ ...device, store: '#' }] })],
  ['a device twice', JSON.stringify({ devices: [device, device] })],
])('%s is refused with the name of the setting', async (_, content) => {
  const file = content.startsWith('/') ? content : await written(content)
  await expect(loadDevices(file)).rejects.toThrow(StartError)
  await expect(loadDevices(file)).rejects.toThrow('DEVICES_FILE')
})
