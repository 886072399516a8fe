import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { UpstreamError } from '../errors/errors.ts'
import { createLog } from './log.ts'
import { PRIVATE_FIELDS } from './private-fields.ts'

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
])('a field named %s is removed at any depth', (name) => {
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

test('text that only resembles a credential is not redacted', () => {
  const { fields } = logged((log) => log.info({ monkey: 1, keys: 2, tokens: 3, emailSent: true }, 'x'))
  expect(fields).toEqual([expect.objectContaining({ monkey: 1, keys: 2, tokens: 3, emailSent: true })])
})

test('an error is logged with its code, its stack and the message of its cause', () => {
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

test('a cyclic object, or one a hundred levels deep, is logged safely', () => {
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

/** A value for a log line that contains the canary wherever something private is. */
const PLANTED = 'canary7f3a'
const name = fc.oneof(
  fc.constantFrom(...Object.values(PRIVATE_FIELDS).flat()).map((field) => [field, true] as const),
  fc.constantFrom('kept', 'reason', 'body', 'x', 'constructor').map((field) => [field, false] as const),
)
const text = fc.constantFrom(
  'nothing private',
  `refused: Bearer ${PLANTED}`,
  `DPoP ${PLANTED}.${PLANTED}`,
  `authorization: Basic ${PLANTED}`,
  `a token eyJ${PLANTED}.${PLANTED}.${PLANTED} came`,
  `${PLANTED}@harbor.example is not known`,
  `GET /x?limit=3&password=${PLANTED}&next=/`,
  `redis://user:${PLANTED}@127.0.0.1:6379`,
  `__Host-Http-session=${PLANTED}; theme=dark`,
  `got {"accessToken":"${PLANTED}","limit":3}`,
  `got ${JSON.stringify(JSON.stringify({ email: PLANTED }))}`,
  `got { phone: '${PLANTED}' }`,
)
class Custom {
  constructor(fields: object) {
    Object.assign(this, fields)
  }
}
const { value } = fc.letrec<{ value: unknown; fields: object; error: Error }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    text,
    fc.constantFrom(1, true, null, undefined),
    tie('fields'),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('fields').map((fields) => new Map(Object.entries(fields))),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
    tie('fields').map((fields) => new Custom(fields)),
    tie('fields').map((fields) => ({ toJSON: () => fields })),
    text.map((said) => Buffer.from(said)),
    tie('error'),
  ),
  fields: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 4 })
    .map((entries) =>
      Object.fromEntries(entries.map(([[field, isPrivate], inner]) => [field, isPrivate ? PLANTED : inner])),
    ),
  error: fc
    .tuple(text, tie('fields'), tie('value'))
    .map(([message, fields, cause]) => Object.assign(new Error(message, { cause }), fields)),
}))

test(
  'property: no private value appears in a log line, at any position',
  () => {
    fc.assert(
      fc.property(value, value, text, (one, other, message) => {
        const { lines, fields } = logged((log) => {
          log.info({ one, err: other }, message)
          log.error(one instanceof Error ? one : { list: [one, { other }] })
          log
            .child({ one })
            .child({ bound: [other] })
            .warn(message)
          log.info(`asked: ${message}`)
        })
        expect(fields).toHaveLength(4)
        expect(lines).not.toContain(PLANTED)
        expect(lines).not.toContain(Buffer.from(PLANTED).join(','))
      }),
      { numRuns: scaled(500, 20_000) },
    )
  },
  scaled(20_000, 300_000),
)

test('everything that is not private is logged, in Maps, Sets, nested errors and class instances', () => {
  const { fields } = logged((log) =>
    log.info({
      map: new Map([['kept', 1]]),
      set: new Set(['kept']),
      failures: [
        Object.assign(new Error('no answer', { cause: new Error('refused') }), { code: 'unavailable' }),
      ],
      custom: new Custom({ kept: 2 }),
      at: new Date(0),
      bytes: Buffer.from('abc'),
    }),
  )
  expect(fields).toEqual([
    expect.objectContaining({
      map: { kept: 1 },
      set: ['kept'],
      failures: [
        expect.objectContaining({ type: 'Error', message: 'no answer: refused', code: 'unavailable' }),
      ],
      custom: { kept: 2 },
      at: '1970-01-01T00:00:00.000Z',
      bytes: '3 bytes',
    }),
  ])
})

test('a log line with redaction costs less than twice one without', () => {
  const line = {
    ...{ method: 'GET', route: '/v1/products/:id', status: 200, ms: 12.3 },
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  }
  const bare = pino({ base: { name: 'test' }, timestamp: pino.stdTimeFunctions.isoTime }, { write: () => {} })
  const ours = createLog('test', 'info', { write: () => {} })
  const time = (log: typeof bare) => {
    const start = performance.now()
    for (let i = 0; i < 20_000; i++) log.info(line, 'request')
    return performance.now() - start
  }
  const ratios = Array.from({ length: 7 }, () => time(ours) / time(bare))
  // The best of several runs: the machine may be busy at any time.
  expect(Math.min(...ratios)).toBeLessThan(2)
})
