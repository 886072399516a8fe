import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readManifests } from './manifests.ts'

const hash = 'a'.repeat(64)

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'manifests-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('every manifest of the folder is read, the newest version last', () => {
  const manifest = JSON.stringify({ [hash]: 'query Q{__typename}' })
  const folder = folderOf({ '1.10.0.json': manifest, '1.9.2.json': '{}', 'README.md': 'no manifest' })
  expect([...readManifests(folder)]).toEqual([
    ['1.9.2', {}],
    ['1.10.0', { [hash]: 'query Q{__typename}' }],
  ])
})

test('an entry is a document, alone or with what its build knows of it', () => {
  const entry = { document: 'query Q{__typename}', calls: { 'catalog.byIds': 1 }, cacheControl: 'no-store' }
  const folder = folderOf({ '1.json': JSON.stringify({ [hash]: entry }) })
  expect(readManifests(folder).get('1')).toEqual({ [hash]: 'query Q{__typename}' })
})

test.for([
  ['text that is no JSON', { '1.json': '{' }, /1\.json is no manifest/],
  ['a key that is no sha256', { '1.json': '{"constructor":"query Q{a}"}' }, /1\.json is no manifest/],
  ['a document that is no text', { '1.json': `{"${hash}":1}` }, /1\.json is no manifest/],
  ['a name that is no version', { 'a b.json': '{}' }, /"a b\.json" names no version/],
  ['no manifest', { 'README.md': '' }, /holds no manifest/],
] as const)('a process does not start with a folder that holds %s', ([, files, message]) => {
  expect(() => readManifests(folderOf(files))).toThrow(message)
})

test('a process does not start without the folder', () => {
  expect(() => readManifests('/nowhere/at-all')).toThrow(/OPERATIONS_FOLDER.*ENOENT/)
})
