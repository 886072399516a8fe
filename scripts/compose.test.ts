import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { BFFS } from '../bffs.ts'
import { SERVICES } from '../shared-clients/src/services.ts'
import { findTool } from '../shared-testing/src/tools.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const compose = findTool('docker-compose')

describe.skipIf(!compose)('docker-compose.yml', () => {
  const config = () =>
    parse(execFileSync(compose ?? '', ['config'], { cwd: root, encoding: 'utf8' })) as {
      services: Record<string, { environment?: Record<string, string>; build: { dockerfile: string } }>
    }

  it('is valid, and tells every BFF the address of every domain service', () => {
    const { services } = config()
    const bffs = BFFS.map(({ name }) => name)
    expect(Object.keys(services).toSorted()).toEqual(['mock-services', ...bffs].toSorted())
    for (const bff of bffs)
      for (const [index, service] of SERVICES.entries())
        expect(services[bff]?.environment?.[`${service.toUpperCase()}_URL`]).toBe(
          `http://mock-services:${4101 + index}`,
        )
  })

  it('builds from a Dockerfile whose steps name files that are there', () => {
    const dockerfile = readFileSync(`${root}/deploy/Dockerfile`, 'utf8')
    for (const [, files = ''] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
      for (const file of files.split(' ').filter((name) => !name.includes('$')))
        expect(() => execFileSync('ls', [`${root}/${file}`])).not.toThrow()
  })
})
