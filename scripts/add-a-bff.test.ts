import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startMockServices } from '../mock-services/src/index.ts'

const root = realpathSync(fileURLToPath(new URL('..', import.meta.url)))
const copy = mkdtempSync(join(tmpdir(), 'add-a-bff-'))
const NAME = 'price-tag-bff'
const RECIPE = readFileSync(join(root, 'docs/recipes/add-a-bff.md'), 'utf8')

afterAll(() => rmSync(copy, { recursive: true }))

// What the recipe says, and no more: one folder, one entry.
beforeAll(() => {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of files.trim().split('\n')) {
    if (!existsSync(join(root, file)) || file.startsWith(`examples/${NAME}`)) continue
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  cpSync(join(root, 'examples', NAME), join(copy, NAME), {
    recursive: true,
    filter: (file) => !file.includes('node_modules'),
  })
  const [, entry = ''] = /```ts bffs\.ts\n([\s\S]*?)```/.exec(RECIPE) ?? []
  const registry = readFileSync(join(copy, 'bffs.ts'), 'utf8')
  writeFileSync(
    join(copy, 'bffs.ts'),
    registry.replace('] as const satisfies', `${entry}] as const satisfies`),
  )
  // What "pnpm install" does.
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const folder of [NAME, 'shared-clients', 'shared-edge', 'shared-runtime', 'shared-checkout']) {
    const manifest = JSON.parse(readFileSync(join(copy, folder, 'package.json'), 'utf8'))
    const installed = folder === NAME ? `examples/${NAME}` : folder
    for (const name of Object.keys(manifest.dependencies)) {
      const link = join(copy, folder, 'node_modules', name)
      const real = realpathSync(join(root, installed, 'node_modules', name))
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(real.startsWith(`${root}/shared-`) ? real.replace(root, copy) : real, link)
    }
  }
})

it('a BFF that is one folder and one entry of the registry is checked, composed and linted like the others', async () => {
  const compose = await import(join(copy, 'scripts/compose-file.ts'))
  expect(compose.composeFile()).toContain(`args: { PROCESS: ${NAME} }`)
  expect(compose.bffClients().split(',')).toContain(NAME)
  const { Config } = await import(join(copy, NAME, 'src/config.ts'))
  const { BFFS } = await import(join(copy, 'bffs.ts'))
  const defaults = Config.parse({})
  expect(BFFS.at(-1)).toMatchObject({ name: NAME, port: defaults.PORT })
  writeFileSync(join(copy, NAME, 'src/wrong.ts'), "export { createApp } from '@harbor/rest-mobile-bff'\n")
  const lint = () =>
    execFileSync(join(root, 'node_modules/.bin/biome'), ['lint', '--vcs-enabled=false', NAME], {
      cwd: copy,
      stdio: 'pipe',
      encoding: 'utf8',
    })
  expect(lint).toThrow(/never another BFF/)
  rmSync(join(copy, NAME, 'src/wrong.ts'))
  expect(lint).not.toThrow()
})

it('it runs, answers and stops', { timeout: 60_000 }, async () => {
  const mocks = await startMockServices({ defaultFaults: false, bffClients: [NAME] })
  const { sku } = await mocks.demo()
  const addresses = Object.entries(mocks.services).map(([name, url]) => [`${name.toUpperCase()}_URL`, url])
  const child = spawn(process.execPath, ['src/server.ts'], {
    cwd: join(copy, NAME),
    env: {
      PORT: '0',
      MANAGEMENT_PORT: '0',
      EVENTS_URL: `${mocks.controlUrl}/events`,
      ...Object.fromEntries(addresses),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const address = await new Promise<string>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`ended with ${code}`)))
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.includes('"msg":"ready"')) resolve(JSON.parse(line).addresses.http)
      })
    })
    // The first call pays for tokens and connections.
    await expect
      .poll(async () => (await fetch(`${address}/tags/${sku}`)).json(), { timeout: 20_000, interval: 100 })
      .toEqual({
        name: expect.any(String),
        price: { amount: expect.any(Number), currency: 'EUR' },
        degraded: [],
      })
    expect((await fetch(`${address}/tags/HB-999999999`)).status).toBe(404)
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  } finally {
    child.kill('SIGKILL')
    await mocks.close()
  }
})
