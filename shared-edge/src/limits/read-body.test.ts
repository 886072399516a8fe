import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { toProblem } from '@harbor/shared-runtime/problems'
import { connect } from '@harbor/shared-testing/raw-connection'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemResponse } from '../http/problem-response.ts'
import { readFormBody, readJsonBody } from './read-body.ts'

const LIMITS = { maxBytes: 100, maxDepth: 3, maxMembers: 4 }

/** Outcome of the last request: the value, or the code of the problem. */
let outcome: unknown
const part = httpPart({
  name: 'http',
  host: '127.0.0.1',
  port: 0,
  portSetting: 'PORT',
  async fetch(request) {
    const read = new URL(request.url).pathname === '/form' ? readFormBody : readJsonBody
    outcome = await read(request, LIMITS).then(
      (value) => (value instanceof URLSearchParams ? Object.fromEntries(value) : value),
      (error: unknown) => toProblem(error).code,
    )
    return Response.json('ok')
  },
})
let port = 0
beforeAll(async () => {
  port = Number(new URL((await part.start()) ?? '').port)
})
afterAll(() => part.stop())

type Sent = { path?: string; type?: string; headers?: string[]; chunks?: (string | Buffer)[] }

/** Sends a body over a socket, with a length, or chunked when `chunks` is given. */
async function send(
  body: string | Buffer,
  { path = '/', type = 'application/json', headers = [], chunks }: Sent = {},
) {
  outcome = 'nothing'
  const framing = chunks ? 'transfer-encoding: chunked' : `content-length: ${Buffer.byteLength(body)}`
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: a',
    'connection: close',
    `content-type: ${type}`,
    framing,
    ...headers,
  ]
  const { socket, closed } = connect(port, `${head.join('\r\n')}\r\n\r\n`)
  for (const chunk of chunks ?? []) {
    socket.write(`${Buffer.byteLength(chunk).toString(16)}\r\n`)
    socket.write(chunk)
    socket.write('\r\n')
    await pause(5)
  }
  socket.write(chunks ? '0\r\n\r\n' : body)
  await closed
  return outcome
}

describe('a JSON body', () => {
  test('is read, with a length and without', async () => {
    expect(await send('{"a":[1]}')).toEqual({ a: [1] })
    expect(await send('', { chunks: ['{"a"', ':[1]}'] })).toEqual({ a: [1] })
    expect(await send('{"a":1}', { type: 'application/vnd.harbor+json; charset=utf-8' })).toEqual({ a: 1 })
    expect(await send('{"a":1}', { headers: ['content-encoding: identity'] })).toEqual({ a: 1 })
    expect(await send('"ä"')).toBe('ä')
  })

  test.for([
    ['of another type', 'UNSUPPORTED_MEDIA_TYPE', '{}', { type: 'text/plain' }],
    ['of a type that only begins like JSON', 'UNSUPPORTED_MEDIA_TYPE', '{}', { type: 'application/jsonp' }],
    ['of a form', 'UNSUPPORTED_MEDIA_TYPE', 'a=b', { type: 'application/x-www-form-urlencoded' }],
    ['that is compressed', 'UNSUPPORTED_MEDIA_TYPE', gzipSync('{}'), { headers: ['content-encoding: gzip'] }],
    ['of an unknown coding', 'UNSUPPORTED_MEDIA_TYPE', '{}', { headers: ['content-encoding: identity, x'] }],
    ['of a byte too many', 'TOO_LARGE', `"${'x'.repeat(99)}"`, {}],
    ['of a byte too many in chunks', 'TOO_LARGE', '', { chunks: ['"', 'x'.repeat(99), '"'] }],
    ['that is too deep', 'INVALID_REQUEST', '[[[[]]]]', {}],
    ['with too many members', 'INVALID_REQUEST', '{"a":[1,2,3,4,5]}', {}],
    ['that is no JSON', 'INVALID_REQUEST', '{"a":', {}],
    ['that is empty', 'INVALID_REQUEST', '', {}],
    ['that is no UTF-8', 'INVALID_REQUEST', Buffer.from([0x22, 0xff, 0x22]), {}],
  ] as const)('%s is refused as %s', async ([, code, body, sent]) => {
    expect(await send(body, sent as Sent)).toBe(code)
  })

  test('of a type with tabs around its parameters is read', async () => {
    expect(await send('{"a":1}', { type: 'application/json\t;\tcharset=utf-8' })).toEqual({ a: 1 })
  })

  test.for([
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'accept-encoding', 'identity'],
    [{ 'content-type': 'text/plain' }, 'accept', 'application/json'],
  ] as const)('that is refused for %j is answered with %s', async ([headers, name, value]) => {
    const request = new Request('http://a/', { method: 'POST', headers, body: '{}' })
    const problem = toProblem(await readJsonBody(request).catch((error: unknown) => error))
    const answer = problemResponse(problem, 'trace')
    expect([answer.status, answer.headers.get(name)]).toEqual([415, value])
  })

  test('of exactly as many bytes as allowed is read', async () => {
    expect(await send(`"${'x'.repeat(98)}"`)).toBe('x'.repeat(98))
    expect(await send('', { chunks: ['"', 'x'.repeat(98), '"'] })).toBe('x'.repeat(98))
  })

  test('that is too long is not read completely', async () => {
    outcome = 'nothing'
    const { socket } = connect(
      port,
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n',
    )
    await expect.poll(() => outcome).toBe('TOO_LARGE')
    socket.destroy()
  })

  test('that ends before its declared length is an error of the sender', async () => {
    outcome = 'nothing'
    const { socket } = connect(
      port,
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"a"',
    )
    await pause(50)
    socket.destroy()
    await expect.poll(() => outcome).toBe('INVALID_REQUEST')
  })

  test('with a `__proto__` key does not change any prototype', async () => {
    const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    expect(Object.keys((await send(body)) as object)).toEqual(['__proto__', 'constructor'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

describe('a form', () => {
  const form = { path: '/form', type: 'application/x-www-form-urlencoded' }
  test('is read', async () => {
    expect(await send('a=1&b=%C3%A4', form)).toEqual({ a: '1', b: 'ä' })
  })
  test('of another type, or with too many fields, is refused', async () => {
    expect(await send('{}', { path: '/form' })).toBe('UNSUPPORTED_MEDIA_TYPE')
    expect(await send('a&b&c&d&e', form)).toBe('INVALID_REQUEST')
    expect(await send('a&b&c&d', form)).toEqual({ a: '', b: '', c: '', d: '' })
  })
})
