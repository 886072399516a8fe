import { connect } from 'node:net'
import { encode } from 'cborg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { level } from '../../test/fake-feed.ts'
import { DEMO_KEY, OTHER_KEY, runApp, runFilledApp } from '../../test/run-app.ts'

let app: Awaited<ReturnType<typeof runFilledApp>>
beforeAll(async () => {
  app = await runFilledApp()
})
afterAll(() => app.stop())

test('a flag is one byte, and its ETag the value', async () => {
  const inStock = await app.http('/s/HB-1001')
  expect(await inStock.text()).toBe('1')
  expect(inStock.headers.get('etag')).toBe('"1"')
  expect(await (await app.http('/s/HB-1002')).text()).toBe('0')
})

test('twenty flags are four bytes, the first SKU in the highest bit', async () => {
  for (const path of ['/b', '/b/shelf']) {
    const response = await app.http(path)
    expect(Buffer.from(await response.arrayBuffer()).toString('hex')).toBe('01aaaaa0')
    expect(response.headers.get('etag')).toBe('"01aaaaa0"')
  }
})

test.each([
  ['/s/HB-1001', 'application/cbor', 'f5'],
  ['/s/HB-1002', 'application/cbor', 'f4'],
  ['/s/HB-1001', 'application/senml+cbor', '81a2006b6265722f48422d3130303104f5'],
  ['/s/HB-1001', 'text/plain', '31'],
  ['/s/HB-1001', '*/*', '31'],
  ['/s/HB-1001', 'application/json;q=0.9, application/cbor;q=0.5', 'f5'],
  ['/s/HB-1001', 'application/cbor, text/plain', 'f5'],
  ['/s/HB-1001', 'text/html, text/*;q=0.1', '31'],
  ['/s/HB-1001', 'text/plain;q=0, */*', 'f5'],
  ['/s/HB-1001', '*/*, application/cbor;q=0, text/*;q=0', '81a2006b6265722f48422d3130303104f5'],
  ['/s/HB-1001', '*/*;q=0.1, application/senml+cbor', '81a2006b6265722f48422d3130303104f5'],
  ['/b', 'application/cbor', '4401aaaaa0'],
  ['/b', 'application/octet-stream', '01aaaaa0'],
])('%s as %s is %s', async (path, accept, hex) => {
  const response = await app.http(path, { k: DEMO_KEY, accept })
  expect(Buffer.from(await response.arrayBuffer()).toString('hex')).toBe(hex)
  expect(response.headers.get('vary')).toBe('Accept')
})

test('the type is named when types were asked for', async () => {
  const named = await app.http('/s/HB-1001', { k: DEMO_KEY, accept: 'application/senml+cbor' })
  expect(named.headers.get('content-type')).toBe('application/senml+cbor')
})

test.each([
  ['"1"', 304],
  ['W/"1"', 304],
  ['"7", "1"', 304],
  ['*', 304],
  ['"0"', 200],
])('If-None-Match: %s is answered %i', async (tag, status) => {
  const response = await app.http('/s/HB-1001', { k: DEMO_KEY, 'if-none-match': tag })
  expect(response.status).toBe(status)
  expect(response.headers.get('etag')).toBe('"1"')
  expect(response.headers.get('cache-control')).toMatch(/^max-age=\d+$/)
})

test.each([
  ['an unknown SKU', '/s/HB-9999', DEMO_KEY, 404],
  ['a list that nobody has', '/b/cellar', DEMO_KEY, 403],
  ["another device's list", '/b/window', DEMO_KEY, 403],
  ["another store's SKU", '/s/HB-1001', OTHER_KEY, 404],
  ['a path that is none', '/', DEMO_KEY, 404],
  ['a path too deep', '/s/HB-1001/x', DEMO_KEY, 404],
  ['a path wrongly encoded', '/s/%E0%A4%A', DEMO_KEY, 404],
  ['a wrong key', '/s/HB-1001', 'harbor-demo-key-d999', 401],
  ['an unknown SKU with a wrong key', '/s/HB-9999', 'no', 401],
  ['a URL of 300 characters', `/s/${'x'.repeat(300)}`, DEMO_KEY, 414],
])('%s is a status without a body', async (_, path, key, status) => {
  const response = await app.http(path, { k: key })
  expect(response.status).toBe(status)
  expect(await response.text()).toBe('')
})

test('no key, a type that is not offered, another method, too many headers: a status without a body', async () => {
  const responses = [
    [await app.http('/b', {}), 401],
    [await app.http('/b', { k: DEMO_KEY, accept: 'text/html' }), 406],
    [await app.http('/s/HB-1001', { k: DEMO_KEY, accept: 'text/plain;q=0' }), 406],
    [await app.http('/s/HB-1001', { k: DEMO_KEY, accept: '*/*;q=0, text/plain;q=0' }), 406],
    [await app.http('/.well-known/core', { k: DEMO_KEY, accept: 'application/cbor' }), 406],
    [await app.http('/b/shelf', { k: DEMO_KEY }, 'POST'), 405],
    [await app.http('/b', { k: DEMO_KEY, x: 'x'.repeat(3_000) }), 431],
  ] as const
  for (const [response, status] of responses) {
    expect(response.status).toBe(status)
    expect(await response.text()).toBe('')
  }
})

test('HEAD is GET without the body', async () => {
  const response = await app.http('/s/HB-1001', { k: DEMO_KEY }, 'HEAD')
  expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([200, '"1"', ''])
})

test('before the first snapshot everything is unavailable, and nothing is unknown or out of stock', async () => {
  const empty = await runApp()
  onTestFinished(empty.stop)
  for (const path of ['/s/HB-1001', '/s/HB-9999', '/b']) {
    const response = await empty.http(path)
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      503,
      '60',
      '',
    ])
  }
})

test('an answer is fresh for at most 300 s, and not all for the same time', async () => {
  const ages = new Set<number>()
  const started = performance.now()
  for (let i = 0; i < 50; i++) {
    const cacheControl = (await app.http('/s/HB-1001')).headers.get('cache-control')
    ages.add(Number(cacheControl?.replace('max-age=', '')))
  }
  const [least, most] = [Math.min(...ages), Math.max(...ages)]
  const passedS = Math.ceil((performance.now() - started) / 1_000)
  expect(most).toBeLessThanOrEqual(300)
  // How long ago the flags were confirmed depends on the machine: flag-store.test.ts has the exact figures.
  expect(least).toBeGreaterThanOrEqual(Math.floor(0.9 * (most - passedS)))
  expect(ages.size).toBeGreaterThan(5)
})

test('behind a proxy the answer is marked private', async () => {
  const response = await app.http('/s/HB-1001', { k: DEMO_KEY, via: '1.1 edge' })
  expect(response.headers.get('cache-control')).toMatch(/^private,max-age=\d+$/)
})

test('the next request sees what has changed', async () => {
  onTestFinished(() => app.feed.send(level('ber', 'HB-1001', 7, '3')))
  app.feed.send(level('ber', 'HB-1001', 0, '2'))
  await expect.poll(async () => (await app.http('/s/HB-1001')).text()).toBe('0')
  expect(Buffer.from(await (await app.http('/b')).arrayBuffer()).toString('hex')).toBe('012aaaa0')
})

test('the resources are listed', async () => {
  const response = await app.http('/.well-known/core')
  expect(response.headers.get('content-type')).toBe('application/link-format')
  expect(await response.text()).toBe('</s>;obs;ct="0 60 112",</b>;obs;ct="42 60 112"')
})

test('a body is not read, and ends the connection', async () => {
  const response = await fetch(`${app.addresses.http}/b/shelf`, {
    method: 'POST',
    headers: { k: DEMO_KEY },
    body: 'x',
  })
  expect([response.status, response.headers.get('connection')]).toEqual([405, 'close'])
})

test('a flag on a kept-alive connection costs at most 141 bytes, request and response', async () => {
  const request = `GET /s/HB-1001 HTTP/1.1\r\nHost: iot\r\nk: ${DEMO_KEY}\r\n\r\n`
  const socket = connect(Number(app.addresses.http?.split(':').at(-1)), '127.0.0.1')
  for (let i = 0; i < 3; i++) {
    socket.write(request)
    const response = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
    expect(response.toString()).toMatch(
      /^HTTP\/1\.1 200 \r\nETag: "1"\r\nCache-Control: max-age=\d+\r\nContent-Length: 1\r\n\r\n1$/,
    )
    expect(request.length + response.length).toBeLessThanOrEqual(141)
    expect(request.length + response.length).toBe(139)
  }
  socket.destroy()
})

test('HTTP/1.0 is told that its connection is kept', async () => {
  const socket = connect(Number(app.addresses.http?.split(':').at(-1)), '127.0.0.1')
  socket.write(`GET /s/HB-1001 HTTP/1.0\r\nConnection: keep-alive\r\nk: ${DEMO_KEY}\r\n\r\n`)
  const response = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
  expect(response.toString()).toContain('\r\nConnection: keep-alive\r\n')
  socket.destroy()
})

test('no request calls an upstream', async () => {
  for (const path of ['/s/HB-1001', '/s/HB-9999', '/b', '/b/window', '/.well-known/core'])
    await app.http(path)
  expect(app.stock.connections).toHaveLength(1)
})

test.each([
  ['http://iot.example/s/HB-1001', '200', '1'],
  ['HTTPS://iot.example:8443/s/HB-1002?x=1', '200', '0'],
  ['http://iot.example/s/HB-9999', '404', ''],
  ['http://iot.example', '404', ''],
  ['http://other.example/s/HB-1001', '400', '0'],
  ['ftp://iot.example/s/HB-1001', '400', '0'],
])(
  'the absolute form %s is answered %s; the Host header has to name the same host',
  async (target, status, body) => {
    const socket = connect(Number(app.addresses.http?.split(':').at(-1)), '127.0.0.1')
    const host = target.includes(':8443') ? 'iot.example:8443' : 'iot.example'
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nk: ${DEMO_KEY}\r\n\r\n`)
    const response = (await new Promise<Buffer>((resolve) => socket.once('data', resolve))).toString()
    expect(response).toMatch(new RegExp(`^HTTP/1.1 (${status}) `))
    expect(response.split('\r\n\r\n')[1]?.trim()).toBe(body)
    socket.destroy()
  },
)

test.each([
  ['application/cbor', {}, ['HB-1001', 'HB-1002', 'HB-1003'], 200, 'a0'],
  ['application/cbor', { accept: 'application/cbor' }, ['HB-1001', 'HB-9999', 'HB-1002'], 200, '83f5f6f4'],
  ['application/cbor', {}, ['HB-1001', 'HB-9999'], 404, ''],
  ['application/cbor', {}, [], 400, ''],
  ['application/cbor', { accept: 'text/html' }, ['HB-1001'], 406, ''],
  ['application/json', {}, ['HB-1001'], 415, ''],
])('POST /b as %s, %o, of %o is %i', async (contentType, headers, names, status, hex) => {
  const url = `${app.addresses.http}/b`
  const body = Buffer.from(encode(names))
  const response = await fetch(url, {
    method: 'POST',
    headers: { k: DEMO_KEY, 'content-type': contentType, ...headers },
    body,
  })
  const answer = Buffer.from(await response.arrayBuffer()).toString('hex')
  expect([response.status, answer]).toEqual([status, hex])
})
