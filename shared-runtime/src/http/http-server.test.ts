import { createServer, type RequestListener } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { connect } from '@harbor/shared-testing/raw-connection'
import { Pool } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { StartError } from '../process/part.ts'
import { httpPart, listen, portError } from './http-server.ts'

async function serve(listener: RequestListener, limits: { maxHeaderBytes?: number } = {}) {
  const part = httpPart({
    name: 'http',
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    listener,
    ...limits,
  })
  const address = (await part.start()) ?? ''
  return { part, address, port: Number(new URL(address).port) }
}

const ok: RequestListener = (_, response) => void response.end('ok')

const GET = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'

/** Duration of a stop in milliseconds. */
async function stopped(part: { stop(): Promise<void> }): Promise<number> {
  const start = performance.now()
  await part.stop()
  return performance.now() - start
}

test('the error for a taken port names the port and its variable', async () => {
  const taken = createServer()
  const port = Number(new URL(await listen(taken, '127.0.0.1', 0, 'PORT')).port)
  onTestFinished(() => void taken.close())
  const part = httpPart({
    name: 'http',
    host: '127.0.0.1',
    port,
    portSetting: 'MANAGEMENT_PORT',
    listener: ok,
  })
  await expect(part.start()).rejects.toEqual(
    new StartError(`port ${port} on 127.0.0.1 is already in use. Set MANAGEMENT_PORT to a free port.`),
  )
})

test('the error for a forbidden port names it; any other error is passed on unchanged', () => {
  const refused = Object.assign(new Error('listen EACCES'), { code: 'EACCES' })
  expect(portError(refused, '::', 80, 'PORT')).toEqual(
    new StartError('port 80 on :: may not be used by this user. Set PORT above 1023.'),
  )
  const other = Object.assign(new Error('listen ENOMEM'), { code: 'ENOMEM' })
  expect(portError(other, '::', 80, 'PORT')).toBe(other)
})

test('the returned address of a server on IPv6 is a valid URL', async () => {
  const server = createServer(ok)
  onTestFinished(() => void server.close())
  const address = await listen(server, '::1', 0, 'PORT').catch(() => undefined)
  if (address) expect(await (await fetch(address)).text()).toBe('ok') // not every machine has IPv6
})

test('a fetch handler can be served', async () => {
  const fetchHandler = (request: Request) => new Response(new URL(request.url).pathname)
  const part = httpPart({
    name: 'http',
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    fetch: fetchHandler,
  })
  const address = await part.start()
  onTestFinished(() => part.stop())
  expect(await (await fetch(`${address}/a/b`, { headers: { connection: 'close' } })).text()).toBe('/a/b')
})

test('a request with two Host headers is refused, whatever their case', async () => {
  const asked: string[] = []
  const { port } = await serve((request, response) => {
    asked.push(request.url ?? '')
    response.end('ok')
  })
  const two = connect(port, 'GET /two HTTP/1.1\r\nHost: a\r\nhoST: b\r\n\r\n')
  expect((await two.closed).heard).toMatch(/^HTTP\/1.1 400 /)
  const one = connect(port, 'GET /one HTTP/1.1\r\nHost: a\r\nx-host: b\r\nconnection: close\r\n\r\n')
  expect((await one.closed).heard).toMatch(/^HTTP\/1.1 200 /)
  expect(asked).toEqual(['/one'])
})

test('headers above 16 KiB are a 431 by default', async () => {
  const { port } = await serve(ok)
  const large = `GET / HTTP/1.1\r\nhost: a\r\ncookie: ${'x'.repeat(17_000)}\r\nconnection: close\r\n\r\n`
  expect((await connect(port, large).closed).heard).toMatch(/^HTTP\/1.1 431 /)
  const small = await serve(ok, { maxHeaderBytes: 512 })
  const middle = `GET / HTTP/1.1\r\nhost: a\r\ncookie: ${'x'.repeat(600)}\r\nconnection: close\r\n\r\n`
  expect((await connect(small.port, middle).closed).heard).toMatch(/^HTTP\/1.1 431 /)
})

test.concurrent('two hundred connections that never finish their headers are closed within 8 s', async () => {
  const { port } = await serve(ok)
  const slow = Array.from({ length: 200 }, () => connect(port, 'GET / HTTP/1.1\r\nhost: a\r\n'))
  const drip = setInterval(() => {
    for (const { socket } of slow) if (socket.writable) socket.write('x-drip: 1\r\n')
  }, 500)
  const ended = await Promise.all(slow.map(({ closed }) => closed))
  clearInterval(drip)
  expect(Math.max(...ended.map(({ ms }) => ms))).toBeLessThan(8_000)
}, 12_000)

test.concurrent('it stops at once without connections', async () => {
  const { part } = await serve(ok)
  expect(await stopped(part)).toBeLessThan(300)
})

test.concurrent('a request on an idle connection during the stop is answered with "Connection: close"', async () => {
  const { part, port } = await serve(ok)
  const client = connect(port, GET)
  await expect.poll(client.heard).toContain('ok')
  const stopping = part.stop()
  await pause(300)
  client.socket.write(GET)
  const { heard } = await client.closed
  const [, first, second] = heard.split('HTTP/1.1 ')
  expect(first).toMatch(/^200 OK.*connection: keep-alive.*ok/is)
  expect(second).toMatch(/^200 OK.*connection: close.*ok/is)
  await stopping
})

test.concurrent('an answer in progress when the stop begins is finished, and then its connection is closed', async () => {
  const { part, port } = await serve(async (_, response) => {
    await pause(2_500)
    response.end('slow')
  })
  const client = connect(port, GET)
  await pause(100)
  expect(await stopped(part)).toBeLessThan(4_000)
  expect((await client.closed).heard).toMatch(/connection: close.*slow/is)
})

test.concurrent('an answer whose headers are sent when the stop begins is finished; its keep-alive connection ends soon after', async () => {
  const { part, port } = await serve(async (_, response) => {
    response.write('head')
    await pause(2_000)
    response.end('tail')
  })
  const client = connect(port, GET)
  await expect.poll(client.heard).toContain('head')
  expect(await stopped(part)).toBeLessThan(5_500)
  expect((await client.closed).heard).toContain('tail')
}, 10_000)

test.concurrent('a connection that never sends anything does not delay the stop', async () => {
  const { part, port } = await serve(ok)
  const silent = connect(port)
  await pause(100)
  expect(await stopped(part)).toBeLessThan(4_000)
  expect((await silent.closed).heard).not.toContain('200')
})

test.concurrent('an answer that never ends is cut after 6 s', async () => {
  const { part, address } = await serve((_, response) => void response.write('for ever'))
  const pool = new Pool(address)
  const { body } = await pool.request({ method: 'GET', path: '/' })
  const cut = body.text().catch((error: unknown) => error)
  const ms = await stopped(part)
  expect(ms).toBeGreaterThan(5_500)
  expect(ms).toBeLessThan(7_000)
  expect(await cut).toBeInstanceOf(Error)
  await pool.destroy()
}, 10_000)

test('a connection that pipelines too many requests is closed, and each request runs at most once', async () => {
  let asked = 0
  const { port } = await serve(async (_, response) => {
    asked++
    await pause(50)
    response.end('ok')
  })
  const { heard, closed } = connect(port, GET.repeat(1_000))
  await closed
  expect(asked).toBeLessThanOrEqual(32)
  expect(heard()).toBe('')
  const few = connect(port, GET.repeat(32))
  await expect.poll(() => few.heard().split('200 OK').length).toBe(33)
  few.socket.destroy()
})

test.concurrent('a hundred connections with slow bodies are closed within 10 s; another one is answered', async () => {
  const { port, address } = await serve((request, response) => {
    request.resume().once('end', () => response.end('ok'))
  })
  const slow = Array.from({ length: 100 }, () =>
    connect(port, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n'),
  )
  const drip = setInterval(() => {
    for (const { socket } of slow) if (socket.writable) socket.write('x')
  }, 500)
  expect(await (await fetch(address, { headers: { connection: 'close' } })).text()).toBe('ok')
  const ended = await Promise.all(slow.map(({ closed }) => closed))
  clearInterval(drip)
  expect(Math.max(...ended.map(({ ms }) => ms))).toBeLessThan(10_000)
}, 14_000)
