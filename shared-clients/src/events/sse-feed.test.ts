import type { RequestListener, ServerResponse } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startUpstream } from '../../test/upstream.ts'
import type { FeedItem } from './feed.ts'
import { sseFeed } from './sse-feed.ts'

/** What a feed brings from a server that answers so, until it ends. */
async function read(listener: RequestListener, after?: string) {
  const { address, requests, connections } = await startUpstream(listener)
  const items: FeedItem[] = []
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  const error = await (async () => {
    for await (const item of sseFeed({ url: `${address}/feed?of=shop` }).subscribe({
      after,
      signal: ending.signal,
    }))
      items.push(item)
  })().catch((reason: unknown) => reason)
  return { items, error, requests, connections }
}

const stream = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })

test('it asks for what came after an id; headers, comments and "ready" are signs of life', async () => {
  const { items, error, requests } = await read((_, response) => {
    stream(response).end(
      'id: 7\nevent: ready\ndata: {}\n\n: quiet\n\nid: 8\r\nevent: stock\r\ndata: {"a":\r\ndata: 1}\r\n\r\n' +
        'data: for somebody else\n\nid: 9\ndata: {}\n\n',
    )
  }, '7')
  expect(items).toEqual([
    { kind: 'alive' },
    { kind: 'alive', id: '7' },
    { kind: 'alive' },
    { kind: 'event', id: '8', type: 'stock', data: '{"a":\n1}' },
    { kind: 'event', id: '9', type: 'message', data: '{}' },
  ])
  expect(error).toBeUndefined()
  expect(requests[0]).toMatchObject({
    url: '/feed?of=shop',
    headers: { accept: 'text/event-stream', 'last-event-id': '7' },
  })
})

test('a message may come in any pieces, even within a letter', async () => {
  const bytes = Buffer.from('id: 1\nevent: product\ndata: {"name":"Pfännchen 🍳"}\n\n')
  const { items } = await read(async (_, response) => {
    stream(response)
    for (const byte of bytes) {
      response.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  })
  expect(items.at(-1)).toEqual({ kind: 'event', id: '1', type: 'product', data: '{"name":"Pfännchen 🍳"}' })
})

test('410 says that it is too long ago; without an id it says nothing of the kind', async () => {
  const gone: RequestListener = (_, response) => void response.writeHead(410).end()
  expect((await read(gone, '7')).error).toMatchObject({ upstream: 'events', code: 'conflict' })
  expect((await read(gone)).error).toMatchObject({ upstream: 'events', code: 'unavailable' })
})

test('what ends by itself leaves no connection behind', async () => {
  const { connections } = await read((_, response) => void response.writeHead(410).end(), '7')
  await vi.waitUntil(async () => (await connections()) === 0, { timeout: 500 })
})

test.each([
  ['an error', 503, { 'content-type': 'text/event-stream' }],
  ['a redirect', 302, { location: 'http://127.0.0.1:1/', 'content-type': 'text/event-stream' }],
  ['something else', 200, { 'content-type': 'text/html' }],
])('%s is no feed', async (_, status, headers) => {
  const { items, error } = await read((_, response) => void response.writeHead(status, headers).end('x'))
  expect([items, error]).toMatchObject([[], { code: 'unavailable' }])
})

test('a connection that breaks is an error, not an end', async () => {
  const { error } = await read((_, response) => {
    stream(response).write(': here\n\n', () => response.destroy())
  })
  expect(error).toMatchObject({ code: 'unavailable' })
})

test('a message without an end is not read to its end', async () => {
  let sent = 0
  const { error } = await read((_, response) => {
    stream(response).write('data: ')
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536
    }
    response.on('drain', more)
    more()
  })
  expect(error).toMatchObject({ code: 'unavailable' })
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})
