import { isDeepStrictEqual } from 'node:util'
import { freePort } from '@harbor/shared-testing/free-port'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { until } from '@harbor/shared-testing/until'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { addressOf } from '../../test/redis-address.ts'
import { createLog } from '../log/log.ts'
import { type Part, StartError } from '../process/part.ts'
import { connectRedis } from './connect.ts'
import { redisPart } from './part.ts'

const lines: string[] = []
const log = createLog('shop', 'info', { write: (line) => lines.push(line) })
const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  lines.length = 0
  for (const part of open.splice(0)) await part.stop()
})
afterAll(stopRedisServers)

const works = (part: Part) => isDeepStrictEqual(part.details?.(), { works: true })

function partOf(url: string) {
  const part = redisPart({
    name: 'shop',
    connection: connectRedis(addressOf(url)),
    log,
    startMs: 500,
    everyMs: 50,
  })
  open.push(part)
  return part
}

test('an unavailable Redis at the start leaves the process unready, with the reason', async () => {
  const part = partOf(`redis://127.0.0.1:${await freePort()}`)
  await part.start()
  expect(part.unready?.()).toBe('Redis refuses connections')
  expect(part.details?.()).toMatchObject({ works: false, trouble: 'refused' })
})

describe.skipIf(!hasRedis())('with Redis', () => {
  const at = (server: RedisServer, more = '') => `127.0.0.1:${server.port}${more}`

  /** Invalid servers and addresses; each ends the start. */
  const WRONG: Record<
    string,
    {
      before?: string[][]
      url: (server: RedisServer) => string
      says: string
    }
  > = {
    'a wrong password': {
      before: [['CONFIG', 'SET', 'requirepass', 'right']],
      url: (server) => `redis://:s3cret-wrong@${at(server)}`,
      says: 'Redis refuses the user or the password (wrong-password)',
    },
    'a user that is not known': {
      url: (server) => `redis://someone:s3cret-wrong@${at(server)}`,
      says: 'wrong-password',
    },
    'no password where one is needed': {
      before: [['CONFIG', 'SET', 'requirepass', 'right']],
      url: (server) => `redis://${at(server)}`,
      says: 'no-password',
    },
    'a user who may not write': {
      before: [['ACL', 'SETUSER', 'reader', 'on', '>s3cret-wrong', '~*', '+@read', '+@connection', '+info']],
      url: (server) => `redis://reader:s3cret-wrong@${at(server)}`,
      says: 'not-permitted',
    },
    'a user who may not touch these keys': {
      before: [['ACL', 'SETUSER', 'other', 'on', '>s3cret-wrong', '~other:*', '+@all']],
      url: (server) => `redis://other:s3cret-wrong@${at(server)}`,
      says: 'not-permitted',
    },
    'a database that is not there': {
      url: (server) => `redis://${at(server, '/99')}`,
      says: 'wrong-database',
    },
    'the address of a cluster for a server that is none': {
      url: (server) => `redis+cluster://${at(server)}`,
      says: 'no-cluster',
    },
    'a wrong password of a cluster': {
      before: [['CONFIG', 'SET', 'requirepass', 'right']],
      url: (server) => `redis+cluster://:s3cret-wrong@${at(server)}`,
      says: 'wrong-password',
    },
    'a server that is no Sentinel': {
      url: (server) => `redis+sentinel://${at(server)}/shop`,
      says: 'no-sentinel',
    },
  }

  test.for(Object.entries(WRONG))(
    '%s ends the start, with one message and no secret',
    async ([, { before = [], url, says }]) => {
      const server = await RedisServer.start()
      for (const [command = '', ...args] of before) await server.ask(command, ...args)
      const failed = await partOf(url(server))
        .start()
        .catch((error: unknown) => error)
      expect(failed).toBeInstanceOf(StartError)
      expect(String(failed)).toContain(says)
      expect(String(failed)).toContain('REDIS_URL')
      expect(String(failed)).not.toContain('s3cret')
    },
  )

  /** Servers that run but refuse writes. */
  const REFUSING: Record<string, { options: () => Promise<string[]>; trouble: string; end: string[] }> = {
    'is out of memory': {
      options: async () => ['--maxmemory', '1'],
      trouble: 'out-of-memory',
      end: ['CONFIG', 'SET', 'maxmemory', '0'],
    },
    'is a read-only replica': {
      options: async () => ['--replicaof', '127.0.0.1', `${(await RedisServer.start()).port}`],
      trouble: 'read-only',
      end: ['REPLICAOF', 'NO', 'ONE'],
    },
    'has too few replicas': {
      options: async () => ['--min-replicas-to-write', '1'],
      trouble: 'no-replicas',
      end: ['CONFIG', 'SET', 'min-replicas-to-write', '0'],
    },
  }

  test.for(Object.entries(REFUSING))(
    'a Redis that %s keeps the process unready until it first works, and never later',
    async ([, { options, trouble, end }]) => {
      const server = await RedisServer.start(await options())
      const part = partOf(server.url)
      await part.start()
      expect(part.unready?.()).toMatch(/^Redis /)
      expect(part.details?.()).toMatchObject({ works: false, trouble })
      const [command = '', ...args] = end
      await server.ask(command, ...args)
      await until(() => part.unready?.() === undefined)
      expect(part.details?.()).toEqual({ works: true })
      server.freeze()
      await until(() => !works(part))
      expect(part.unready?.()).toBeUndefined()
      server.thaw()
      await until(() => works(part))
    },
  )

  test('a Redis that hangs and recovers is logged once each way', async () => {
    const server = await RedisServer.start()
    const part = partOf(server.url)
    await part.start()
    server.freeze()
    await until(() => !works(part))
    server.thaw()
    await until(() => works(part))
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
      'Redis does not answer in time',
      'Redis works again',
    ])
  })
})
