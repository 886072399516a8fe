import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

const REFUSED = [
  ['shared-runtime/src', '@harbor/shared-clients'],
  ['shared-clients/src', '@harbor/graphql-bff'],
  ['shared-clients/src', '@harbor/shared-checkout'],
  ['shared-checkout/src', '@harbor/rest-mobile-bff'],
  ['shared-checkout/src', '@harbor/mock-services'],
  ['mock-services/src', '@harbor/shared-runtime/config'],
  ['graphql-bff/src', '@harbor/rest-mobile-bff'],
  ['rest-mobile-bff/src', '@harbor/mock-services'],
  ['rest-mobile-bff/src/screens', 'undici'],
  ['rest-mobile-bff/src/actions', 'ioredis'],
  ['graphql-bff/src/schema', '@grpc/grpc-js'],
  ['iot-bff/src', '@harbor/shared-checkout'],
  ['iot-bff/src/messages', 'node:net'],
  ['iot-bff/src/messages', '@harbor/graphql-bff'],
] as const
const ALLOWED = [
  ['rest-mobile-bff/src/screens', '@harbor/shared-clients'],
  ['rest-mobile-bff/src/screens', '@harbor/shared-runtime/fan-out'],
  ['shared-clients/src', '@harbor/shared-runtime/errors'],
  ['shared-checkout/src', '@harbor/shared-clients'],
  ['rest-mobile-bff/src', '@harbor/shared-checkout'],
  ['graphql-bff/src', '@harbor/shared-checkout'],
] as const

describe('import layers', () => {
  const tree = mkdtempSync(join(tmpdir(), 'layers-'))
  afterAll(() => rmSync(tree, { recursive: true }))

  it('refuse what the lint configuration forbids, and only that', () => {
    cpSync(join(root, 'biome.json'), join(tree, 'biome.json'))
    const cases = [...REFUSED, ...ALLOWED].map(([folder, imported], index) => {
      const file = `${folder}/case${index}.ts`
      mkdirSync(dirname(join(tree, file)), { recursive: true })
      writeFileSync(
        join(tree, file),
        `import { anything } from '${imported}'\n\nexport const used = anything\n`,
      )
      return file
    })
    const { stdout } = spawnSync(
      join(root, 'node_modules/.bin/biome'),
      ['lint', '--vcs-enabled=false', '--reporter=json', '--only=style/noRestrictedImports', '.'],
      { cwd: tree, encoding: 'utf8' },
    )
    const refused = cases.filter((file) => stdout.includes(`${file}"`))
    expect(refused).toEqual(cases.slice(0, REFUSED.length))
  })

  it('keep the transports of the clients out of reach by package exports', () => {
    const script = `import('@harbor/shared-clients/transport/http.ts').then(() => process.exit(0), (e) => { console.log(e.code); process.exit(1) })`
    expect(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: `${root}/rest-mobile-bff`,
        encoding: 'utf8',
      }),
    ).toThrow(expect.objectContaining({ stdout: 'ERR_PACKAGE_PATH_NOT_EXPORTED\n' }))
  })
})
