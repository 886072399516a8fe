import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { BFFS, MANAGEMENT_PORT_DISTANCE } from '../bffs.ts'
import { managementPortOf } from '../shared-runtime/src/config/config.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const Manifest = z.object({ name: z.string(), scripts: z.object({ start: z.string() }) })

/** As in the image: the young generation is bounded (docs/deployment.md). */
const START = 'node --max-semi-space-size=16 src/server.ts'

describe('the registry of BFFs', () => {
  it('has an entry for every folder that ends in -bff, and no other', () => {
    const folders = globSync('*-bff/package.json', { cwd: root }).map((file) => dirname(file))
    expect(BFFS.map(({ name }) => name).toSorted()).toEqual(folders.toSorted())
  })

  it('gives no port to two BFFs', () => {
    const ports = BFFS.flatMap(({ port, ports }) => [
      port,
      port + MANAGEMENT_PORT_DISTANCE,
      ...Object.values(ports).map((more) => more.port),
    ])
    expect(new Set(ports).size).toBe(ports.length)
  })

  it('says how far a management port is from its public port', () => {
    expect(managementPortOf({ PORT: 4000, MANAGEMENT_PORT: undefined })).toBe(4000 + MANAGEMENT_PORT_DISTANCE)
  })

  describe.each(BFFS)('$name', ({ name, clientId, port, ports }) => {
    it('is a package of that name, started like every process', () => {
      const manifest = Manifest.parse(JSON.parse(readFileSync(`${root}/${name}/package.json`, 'utf8')))
      expect(manifest).toEqual({ name: `@harbor/${name}`, scripts: { start: START } })
    })

    it('has the ports of its entry by default, and all of them are settings', async () => {
      const { Config }: { Config: z.ZodObject } = await import(`../${name}/src/config.ts`)
      const defaults = Config.parse({})
      const expected = Object.entries(ports).map(([setting, more]) => [setting, more.port])
      expect(defaults).toMatchObject({ PORT: port, ...Object.fromEntries(expected) })
      expect(defaults.IDENTITY_CLIENT_SECRET).toBe(`${clientId}-secret`)
    })
  })
})
