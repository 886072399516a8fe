import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '@harbor/shared-runtime/part'
import { expect, test } from 'vitest'
import { loadRegistry } from './registry-file.ts'

const device = {
  id: 'd1',
  store: 'ber',
  list: 'shelf',
  lists: { shelf: { version: 1, skus: ['HB-1001'] } },
  keys: [{ id: 'k1', hash: '0'.repeat(64) }],
}
const file = (...devices: unknown[]) => JSON.stringify({ devices })

test('the demo has a device in each of two stores', async () => {
  expect((await loadRegistry(undefined)).map(({ id, store }) => [id, store])).toEqual([
    ['d101', 'ber'],
    ['d102', 'ham'],
  ])
})

test.each([
  ['no file', undefined],
  ['no JSON', 'x'],
  ['a key in the clear', file({ ...device, keys: [{ id: 'k1', hash: 'secret' }] })],
  ['three keys', file({ ...device, keys: ['a', 'b', 'c'].map((id) => ({ id, hash: '0'.repeat(64) })) })],
  ['an instant that is none', file({ ...device, keys: [{ ...device.keys[0], until: 'soon' }] })],
  ['a list that is missing', file({ ...device, list: 'window' })],
  ['a store that could not stand in a topic', file({ ...device, store: '#' })],
  ['a device twice', file(device, device)],
])('%s is refused with the name of the setting', async (_, content) => {
  const path = join(await mkdtemp(join(tmpdir(), 'devices-')), 'devices.json')
  if (content !== undefined) await writeFile(path, content)
  await expect(loadRegistry(path)).rejects.toThrow(StartError)
  await expect(loadRegistry(path)).rejects.toThrow('DEVICES_FILE')
})
