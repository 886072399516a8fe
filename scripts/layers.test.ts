import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { refusedByLint } from './lint/linted.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const REFUSED = [
  ['shared-runtime/src', '@harbor/shared-clients'],
  ['shared-clients/src', '@harbor/graphql-bff'],
  ['shared-clients/src', '@harbor/shared-checkout'],
  ['shared-checkout/src', '@harbor/rest-mobile-bff'],
  ['shared-checkout/src', '@harbor/mock-services'],
  ['mock-services/src', '@harbor/shared-runtime/config'],
  ['shared-contract/src', '@harbor/rest-mobile-bff'],
  ['shared-contract/src', '../../rest-mobile-bff/src/screens/index.ts'],
  ['rest-mobile-bff/src', '@harbor/shared-contract/openapi'],
  ['graphql-bff/src', '@harbor/rest-mobile-bff'],
  ['rest-mobile-bff/src', '@harbor/mock-services'],
  ['rest-mobile-bff/src/screens', 'undici'],
  ['rest-mobile-bff/src/actions', 'ioredis'],
  ['graphql-bff/src/schema', '@grpc/grpc-js'],
  ['iot-bff/src', '@harbor/shared-checkout'],
  ['shared-telemetry/src', '@harbor/rest-mobile-bff'],
  ['shared-telemetry/src', '@harbor/shared-checkout'],
  ['rest-mobile-bff/src/screens', '@harbor/shared-telemetry'],
  ['rest-mobile-bff/src', '@harbor/shared-clients/call-events'],
  ['iot-bff/src/messages', 'node:net'],
  ['iot-bff/src/messages', '@harbor/graphql-bff'],
  // A BFF that is not there yet is held to the same rules, by its name.
  ['partner-bff/src', '@harbor/graphql-bff'],
  ['partner-bff/src/screens', 'undici'],
  // Upwards.
  ['shared-edge/src', '@harbor/shared-clients'],
  ['shared-edge/src', '@harbor/shared-telemetry'],
  ['shared-clients/src', '@harbor/shared-telemetry'],
  ['shared-runtime/src', '@harbor/shared-edge/security-headers'],
  ['shared-testing/src', '@harbor/shared-runtime/config'],
  // Test support in product code.
  ['shared-runtime/src', '@harbor/shared-testing/soak'],
  ['shared-clients/src', '@harbor/shared-testing/soak'],
  ['shared-edge/src', '@harbor/shared-testing/soak'],
  ['rest-mobile-bff/src', '@harbor/shared-testing/soak'],
  ['mock-services/src', '@harbor/shared-testing/soak'],
  ['shared-clients/src', '@harbor/shared-runtime/test/redis-address'],
  ['rest-mobile-bff/src/screens', '../../test/mobile.ts'],
  ['shared-runtime/src', '../test/cache.ts'],
  // Past the exports of a package, by a relative path.
  ['shared-clients/src', '../../shared-runtime/src/config.ts'],
  ['graphql-bff/src/schema', '../../../shared-clients/src/call/http.ts'],
  ['rest-mobile-bff/src', '../../iot-bff/src/config.ts'],
  ['shared-edge/src/rest', '../../../shared-testing/src/soak.ts'],
] as const
const ALLOWED = [
  ['rest-mobile-bff/src/screens', '@harbor/shared-clients'],
  ['rest-mobile-bff/src/screens', '@harbor/shared-runtime/fan-out'],
  ['rest-mobile-bff/src/screens', '../format/index.ts'],
  ['graphql-bff/src', '@harbor/shared-edge/security-headers'],
  ['shared-edge/src', '@harbor/shared-runtime/errors'],
  ['shared-telemetry/src', '@harbor/shared-clients/call-events'],
  ['shared-telemetry/src', '@harbor/shared-edge/security-headers'],
  ['rest-mobile-bff/src', '@harbor/shared-telemetry'],
  ['iot-bff/src', '@harbor/shared-telemetry'],
  ['shared-clients/src', '@harbor/shared-runtime/errors'],
  ['shared-checkout/src', '@harbor/shared-clients'],
  ['shared-contract/src', '@harbor/shared-edge/rest/screen'],
  ['rest-mobile-bff/src', '@harbor/shared-checkout'],
  ['graphql-bff/src', '@harbor/shared-checkout'],
  ['shared-clients/src', './events/event.ts'],
] as const

type Manifest = Readonly<{
  name: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}>

/** The packages of a cycle in the order in which they depend on each other, or undefined. Tests count too. */
function packageCycle(manifests: readonly Manifest[]): readonly string[] | undefined {
  const ours = new Map(manifests.map((manifest) => [manifest.name, manifest]))
  const done = new Set<string>()
  function visit(name: string, path: readonly string[]): readonly string[] | undefined {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    const manifest = ours.get(name)
    if (!manifest || done.has(name)) return undefined
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    for (const dependency of dependencies) {
      const cycle = visit(dependency, [...path, name])
      if (cycle) return cycle
    }
    done.add(name)
    return undefined
  }
  for (const { name } of manifests) {
    const cycle = visit(name, [])
    if (cycle) return cycle
  }
  return undefined
}

describe('import layers', () => {
  it('refuse what the lint configuration forbids, and only that', () => {
    const sources = [...REFUSED, ...ALLOWED].map(([folder, imported], index) => ({
      file: `${folder}/case${index}.ts`,
      text: `import { anything } from '${imported}'\n\nexport const used = anything\n`,
    }))
    expect(refusedByLint(sources, 'lint/style/noRestrictedImports')).toEqual(
      sources.slice(0, REFUSED.length).map(({ file }) => file),
    )
  })

  it('have no cycle between packages', () => {
    const manifests = globSync(['*/package.json', 'examples/*/package.json'], { cwd: root }).map(
      (file) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest,
    )
    expect(manifests.length).toBeGreaterThan(10)
    expect(packageCycle(manifests)).toBeUndefined()
    const planted = {
      name: '@harbor/shared-testing',
      devDependencies: { '@harbor/shared-clients': 'workspace:*' },
    }
    expect(packageCycle([...manifests.filter(({ name }) => name !== planted.name), planted])).toEqual(
      expect.arrayContaining(['@harbor/shared-clients', '@harbor/shared-testing']),
    )
  })

  it('keep the transports of the clients out of reach by package exports', () => {
    const script = `import('@harbor/shared-clients/call/http.ts').then(() => process.exit(0), (e) => { console.log(e.code); process.exit(1) })`
    expect(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: `${root}/rest-mobile-bff`,
        encoding: 'utf8',
      }),
    ).toThrow(expect.objectContaining({ stdout: 'ERR_PACKAGE_PATH_NOT_EXPORTED\n' }))
  })
})
