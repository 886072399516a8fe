import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { Pool } from 'undici'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  ConfigError,
  flag,
  httpAddress,
  managementPort,
  managementPortOf,
  oneOf,
  optionalAddress,
  parseConfig,
  port,
  secret,
  setting,
} from './config.ts'

const Config = z.object({
  PORT: port(4001, 'Public port.'),
  MANAGEMENT_PORT: managementPort,
  CATALOG_URL: httpAddress('http://127.0.0.1:4102', 'The catalog.'),
  REDIS_URL: optionalAddress(['redis', 'rediss'], 'Redis.'),
  ADHOC: flag(false, 'Ad-hoc documents.'),
  SECRET: secret('development', 'A secret.'),
  LEVEL: oneOf(['info', 'warn'], 'info', 'Level.'),
})

const messageFor = (env: Record<string, string>): string => {
  try {
    parseConfig(Config, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'accepted'
}

test('unset and empty variables have their default value', () => {
  const defaultValue = {
    PORT: 4001,
    MANAGEMENT_PORT: undefined,
    CATALOG_URL: 'http://127.0.0.1:4102',
    REDIS_URL: undefined,
    ADHOC: false,
    SECRET: 'development',
    LEVEL: 'info',
  }
  expect(parseConfig(Config, {})).toEqual(defaultValue)
  expect(
    parseConfig(Config, Object.fromEntries(Object.keys(defaultValue).map((name) => [name, '']))),
  ).toEqual(defaultValue)
})

test('settings are parsed to their types, and other environment variables are ignored', () => {
  expect(
    parseConfig(Config, {
      PORT: '0',
      MANAGEMENT_PORT: '65535',
      CATALOG_URL: 'https://catalog.example/',
      REDIS_URL: 'rediss://user:pass@redis:6380/1',
      ADHOC: 'true',
      SECRET: 'eight888',
      LEVEL: 'warn',
      HOME: '/root',
    }),
  ).toEqual({
    PORT: 0,
    MANAGEMENT_PORT: 65_535,
    CATALOG_URL: 'https://catalog.example',
    REDIS_URL: 'rediss://user:pass@redis:6380/1',
    ADHOC: true,
    SECRET: 'eight888',
    LEVEL: 'warn',
  })
})

const PORTS = 'an integer from 0 to 65535 (0: any free port)'
const HTTP = 'an http:// or https:// address without a path'

test.each([
  ['PORT', '65536', PORTS],
  ['PORT', '-1', PORTS],
  ['PORT', '80.5', PORTS],
  ['PORT', 'http', PORTS],
  ['PORT', ' ', PORTS],
  ['PORT', '0x10', PORTS],
  ['PORT', '1e3', PORTS],
  ['MANAGEMENT_PORT', '99999', PORTS],
  ['CATALOG_URL', 'catalog:4102', HTTP],
  ['CATALOG_URL', 'ftp://catalog', HTTP],
  ['CATALOG_URL', '127.0.0.1', HTTP],
  ['CATALOG_URL', 'http://catalog/v1', HTTP],
  ['CATALOG_URL', 'http://catalog?x=1', HTTP],
  ['REDIS_URL', 'http://redis', 'an address that starts with redis:// or rediss://'],
  ['ADHOC', 'yes', 'true or false'],
  ['ADHOC', '1', 'true or false'],
  ['LEVEL', 'loud', 'info, warn'],
])('%s=%j is refused with its name, what was given and what is allowed', (name, given, allowed) => {
  expect(messageFor({ [name]: given })).toBe(
    `  ${name}: given ${JSON.stringify(given)}; allowed: ${allowed}.`,
  )
})

test('an invalid secret is not shown, nor the password within a URL', () => {
  expect(messageFor({ SECRET: 'hunter2' })).toBe(
    '  SECRET: given a value that is not shown; allowed: a string of at least 8 characters.',
  )
  const message = messageFor({
    REDIS_URL: 'http://:hunter2@redis',
    CATALOG_URL: 'http://user:hunter2@catalog',
  })
  expect(message).toContain('REDIS_URL: given "http://…@redis"')
  expect(message).toContain('CATALOG_URL: given "http://…@catalog"')
  expect(message).not.toContain('hunter2')
})

test('all invalid variables are named together, each once', () => {
  const lines = messageFor({ PORT: 'x', LEVEL: 'loud', SECRET: 'short' }).split('\n')
  expect(lines.map((line) => line.trim().split(':')[0])).toEqual(['PORT', 'SECRET', 'LEVEL'])
})

test('a missing required variable is reported as missing', () => {
  const schema = z.object({ NAME: setting(z.string(), { allowed: 'a name', about: '' }) })
  expect(() => parseConfig(schema, {})).toThrow('  NAME: given nothing; allowed: a name.')
})

test('a check over several settings reports its own message', () => {
  const schema = z
    .object({ A: flag(false, ''), B: flag(false, '') })
    .refine(({ A, B }) => !(A && B), 'A and B exclude each other')
  expect(() => parseConfig(schema, { A: 'true', B: 'true' })).toThrow('  A and B exclude each other.')
})

test('property: a port is accepted exactly when it is an integer from 0 to 65535', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer({ min: -10, max: 70_000 }).map(String), fc.string()), (given) => {
      const valid = given === '' || (/^\d{1,5}$/.test(given) && Number(given) <= 65_535)
      expect(messageFor({ PORT: given }) === 'accepted').toBe(valid)
    }),
  )
})

const part = (...texts: string[]) => fc.constantFrom('', ...texts)
const address = fc
  .tuple(
    part('http:', 'https:', 'HTTP:', 'ftp:', ' http:'),
    part('/', '//', '///'),
    part('user@', 'user:pass@', '@'),
    part('a', 'a.example', '127.0.0.1', '[::1]', 'ä', 'a b', '%'),
    part(':1', ':80', ':99999', ':x', ':'),
    part('/', '//', '/v1', '/..', '\\'),
    part('?', '?x=1'),
    part('#', '#x'),
  )
  .map((parts) => parts.join(''))

test('property: a connection pool opens with every accepted http address', () => {
  let taken = 0
  fc.assert(
    fc.property(address, (given) => {
      if (given === '' || messageFor({ CATALOG_URL: given }) !== 'accepted') return
      taken++
      new Pool(parseConfig(Config, { CATALOG_URL: given }).CATALOG_URL)
    }),
    { numRuns: 5_000 },
  )
  expect(taken).toBeGreaterThan(10)
})

test('the management port is 5000 above the public one where there is room', () => {
  expect(managementPortOf({ PORT: 4001 })).toBe(9001)
  expect(managementPortOf({ PORT: 4001, MANAGEMENT_PORT: 7 })).toBe(7)
  expect(managementPortOf({ PORT: 0 })).toBe(0)
  expect(managementPortOf({ PORT: 60_536 })).toBe(0)
})

test('an invalid setting ends the process with code 1 and one message, before it listens', () => {
  const program = `
    import { z } from 'zod'
    import { loadConfig, port } from ${JSON.stringify(new URL('./config.ts', import.meta.url).href)}
    loadConfig('shop', z.object({ PORT: port(1, ''), MANAGEMENT_PORT: port(1, '') }))
    console.log('listening')
  `
  const ended = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    cwd: import.meta.dirname,
    env: { PORT: 'x', MANAGEMENT_PORT: '-2' },
    encoding: 'utf8',
  })
  expect({
    status: ended.status,
    stdout: ended.stdout,
    stderr: ended.stderr,
  }).toEqual({
    status: 1,
    stdout: '',
    stderr:
      `shop did not start:\n  PORT: given "x"; allowed: ${PORTS}.\n` +
      `  MANAGEMENT_PORT: given "-2"; allowed: ${PORTS}.\n`,
  })
})
