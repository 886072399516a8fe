import { expect, test } from 'vitest'
import { UpstreamError } from './errors.ts'
import { createLog } from './log.ts'

const CANARY = 'canary-7f3a'

function logged(write: (log: ReturnType<typeof createLog>) => void): { lines: string; fields: unknown[] } {
  const lines: string[] = []
  write(createLog('test', 'info', { write: (line) => lines.push(line) }))
  return { lines: lines.join(''), fields: lines.map((line) => JSON.parse(line)) }
}

test.each([
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'token',
  'accessToken',
  'access_token',
  'subject_token',
  'password',
  'clientSecret',
  'client_secret',
  'key',
  'x-api-key',
  'email',
  'phone',
])('a field named %s is cut out wherever it stands', (name) => {
  const { lines, fields } = logged((log) => {
    log.info({ [name]: CANARY, kept: 1 }, 'top')
    log.info({ request: { headers: { [name]: CANARY, kept: 1 } } }, 'nested')
    log.info({ devices: [{ owner: { [name]: CANARY, kept: 1 } }] }, 'in a list')
    log.info({ err: Object.assign(new Error('failed'), { [name]: CANARY, kept: 1 }) }, 'on an error')
    log.child({ [name]: CANARY, kept: 1 }).info('of a child')
    log
      .child({})
      .child({ [name]: CANARY, kept: 1 })
      .info('of a grandchild')
  })
  expect(fields).toHaveLength(6)
  expect(lines).not.toContain(CANARY)
  expect(lines.match(/"kept":1/g)).toHaveLength(6)
})

test('what only looks a little like a credential stays', () => {
  const { fields } = logged((log) => log.info({ monkey: 1, keys: 2, tokens: 3, emailSent: true }, 'x'))
  expect(fields).toEqual([expect.objectContaining({ monkey: 1, keys: 2, tokens: 3, emailSent: true })])
})

test('an error is logged with its code, its stack and the words of its cause', () => {
  const cause = new Error('connect refused')
  const { lines, fields } = logged((log) =>
    log.warn({ err: new UpstreamError('catalog', 'unavailable', 'GET /x failed', { cause }) }, 'degraded'),
  )
  expect(fields).toEqual([
    expect.objectContaining({
      level: 'warn',
      name: 'test',
      msg: 'degraded',
      err: expect.objectContaining({ code: 'unavailable', upstream: 'catalog' }),
    }),
  ])
  expect(lines).toContain('connect refused')
})

test('an object that holds itself, or is a hundred levels deep, is logged without harm', () => {
  const self: Record<string, unknown> = { kept: 1 }
  self.self = self
  const deep = JSON.parse(`${'{"a":'.repeat(100)}{"token":"${CANARY}"}${'}'.repeat(100)}`)
  const { lines, fields } = logged((log) => {
    log.info({ self }, 'x')
    log.info({ deep }, 'x')
  })
  expect(fields).toHaveLength(2)
  expect(lines).not.toContain(CANARY)
})
