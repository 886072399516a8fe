import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseConfig } from '../config/config.ts'
import { parseRedisUrl, redisUrl } from './address.ts'

const node = (host: string, port: number) => ({ host, port })

test.each([
  ['redis://localhost', { kind: 'single', nodes: [node('localhost', 6379)], tls: false, db: 0 }],
  [
    'rediss://bff:p%40ss@redis.example:6380/2',
    {
      kind: 'single',
      nodes: [node('redis.example', 6380)],
      tls: true,
      db: 2,
      username: 'bff',
      password: 'p@ss',
    },
  ],
  [
    'redis://:secret@[::1]:7000',
    { kind: 'single', nodes: [node('::1', 7000)], tls: false, db: 0, password: 'secret' },
  ],
  [
    'redis+sentinel://s1,s2:26380/main/1',
    { kind: 'sentinel', nodes: [node('s1', 26_379), node('s2', 26_380)], tls: false, db: 1, master: 'main' },
  ],
  [
    'rediss+cluster://n1:7000,n2:7001',
    { kind: 'cluster', nodes: [node('n1', 7000), node('n2', 7001)], tls: true, db: 0 },
  ],
])('%s', (url, address) => {
  expect(parseRedisUrl(url)).toEqual(address)
})

test.each([
  'localhost:6379',
  'http://redis',
  'redis://',
  'redis://a,b',
  'redis://host:99999',
  'redis://host:0',
  'redis://host/main',
  'redis+sentinel://s1',
  'redis+sentinel://s1/main/x',
  'redis+cluster://n1/1',
  'redis+cluster://n1,,n2',
  'redis://host/0/1',
  'redis+other://host',
  'redis://u:%E0%A4%A@host',
])('%s is not the address of a Redis', (url) => {
  expect(parseRedisUrl(url)).toBeUndefined()
  const read = () => parseConfig(z.object({ REDIS_URL: redisUrl }), { REDIS_URL: url })
  expect(read).toThrow(/REDIS_URL: given ".*"; allowed: redis:\/\//)
})

test('an unset address is undefined, and a password is not shown', () => {
  const schema = z.object({ REDIS_URL: redisUrl })
  expect(parseConfig(schema, {})).toEqual({})
  expect(() => parseConfig(schema, { REDIS_URL: 'redis://:hunter2@a,b' })).toThrow(/^(?!.*hunter2)/s)
})
