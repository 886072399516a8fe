import { brotliCompressSync } from 'node:zlib'
import { createLog } from '@harbor/shared-runtime/log'
import { holdsStaticAnswers } from '@harbor/shared-testing/static-answers'
import { Hono } from 'hono'
import { afterEach, expect, it, vi } from 'vitest'
import { httpEdge } from '../http/http-edge.ts'
import { methodNotAllowed } from '../http/problem-answer.ts'
import type { EdgeEnv } from '../http/tracing.ts'
import { compressionOf } from '../representation/codings.ts'
import { staticAnswer } from './static-answer.ts'
import { IMMUTABLE, MUST_REVALIDATE, type StaticFile } from './static-file.ts'

const CODING = compressionOf('br')
if (!CODING) throw new Error('there is no br')
afterEach(() => vi.restoreAllMocks())

const TEXT = 'harbor '.repeat(200)
const file = (more: Partial<StaticFile> = {}): StaticFile => ({
  type: 'text/javascript; charset=utf-8',
  read: () => TEXT,
  cacheControl: MUST_REVALIDATE,
  ...more,
})

function appOf(files: Readonly<Record<string, StaticFile>>) {
  const app = new Hono<EdgeEnv>()
  httpEdge(app, { log: createLog('test', 'silent'), https: false, limits: [], challenge: () => 'Bearer' })
  for (const [path, one] of Object.entries(files)) {
    app.get(path, staticAnswer(one))
    app.all(path, methodNotAllowed('GET, HEAD'))
  }
  return app
}

const FILES = {
  '/script.js': file(),
  '/small.css': file({ type: 'text/css', read: () => 'a{}' }),
  '/picture.svg': file({ type: 'image/svg+xml', cacheControl: IMMUTABLE }),
  '/picture.png': file({ type: 'image/png', read: async () => Buffer.alloc(2_000, 1) }),
  '/page': file({ type: 'text/html', headers: { 'Content-Security-Policy': "default-src 'none'" } }),
}
holdsStaticAnswers('static', () => appOf(FILES), Object.keys(FILES))

it('is read once and compressed once a coding, however many ask; a 304 compresses nothing', async () => {
  const read = vi.fn(() => TEXT)
  const compress = vi.spyOn(CODING, 'compressAside')
  const app = appOf({ '/script.js': file({ read }) })
  const ask = (headers = {}) =>
    app.request('/script.js', { headers: { 'accept-encoding': 'br', ...headers } })
  expect((await ask({ 'if-none-match': '*' })).status).toBe(304)
  expect(compress).not.toHaveBeenCalled()
  await Promise.all([ask(), ask(), ask()])
  await ask()
  expect([read.mock.calls.length, compress.mock.calls.length]).toEqual([1, 1])
})

it('is read again after a failure', async () => {
  const read = vi.fn(() => TEXT)
  read.mockImplementationOnce(() => {
    throw new Error('EIO')
  })
  const app = appOf({ '/script.js': file({ read }) })
  expect((await app.request('/script.js')).status).toBe(500)
  expect((await app.request('/script.js')).status).toBe(200)
})

it('is sent as the build has compressed it', async () => {
  const br = brotliCompressSync(TEXT)
  const compress = vi.spyOn(CODING, 'compressAside')
  const app = appOf({ '/script.js': file({ compressed: { br } }) })
  const answer = await app.request('/script.js', { headers: { 'accept-encoding': 'br' } })
  expect(Buffer.from(await answer.arrayBuffer()).equals(br)).toBe(true)
  expect(compress).not.toHaveBeenCalled()
})

it('has another ETag under other headers: a browser that gets a 304 keeps those that it has', async () => {
  const tagOf = async (policy: string) => {
    const page = file({ headers: { 'Content-Security-Policy': policy } })
    return (await appOf({ '/': page }).request('/')).headers.get('etag')
  }
  expect(await tagOf("img-src 'self'")).not.toBe(await tagOf("img-src 'none'"))
})
