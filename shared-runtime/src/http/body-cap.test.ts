import { connect } from '@harbor/shared-testing/raw-connection'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { toProblem } from '../errors/problems.ts'
import { httpPart } from './http-server.ts'

const CAP = 64 * 1024
const MIB = 1024 * 1024

/** Every way in which a handler could read a body; none of them knows a limit. */
const NAIVE: Record<string, (request: Request, hono: { parseBody(): Promise<unknown> }) => Promise<unknown>> =
  {
    'c.req.parseBody()': (_, hono) => hono.parseBody(),
    'request.formData()': (request) => request.formData(),
    'request.text()': (request) => request.text(),
    'request.json()': (request) => request.json(),
    'request.arrayBuffer()': (request) => request.arrayBuffer(),
    'request.blob()': (request) => request.blob(),
    'a clone': (request) => request.clone().text(),
    'request.body': async (request) => {
      for await (const _ of request.body ?? []) {
      }
    },
    'request.body, after a while': async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      return new Response(request.body).text()
    },
  }

async function serve(read: (typeof NAIVE)[string]) {
  const app = new Hono()
  app.post('/', async (c) => {
    await read(c.req.raw, c.req)
    return c.text('read')
  })
  app.get('/', (c) => c.text('alive'))
  app.onError((error, c) => c.text(toProblem(error).code, toProblem(error).status))
  const part = httpPart({ name: 'http', host: '127.0.0.1', port: 0, portSetting: 'PORT', fetch: app.fetch })
  const address = (await part.start()) ?? ''
  onTestFinished(() => part.stop())
  return { address, port: Number(new URL(address).port) }
}

const head = (framing: string, ...more: string[]) =>
  [
    'POST / HTTP/1.1',
    'host: a',
    'content-type: application/x-www-form-urlencoded',
    framing,
    ...more,
    '\r\n',
  ].join('\r\n')

/** Sends as much as the server reads, up to `bytes`, in chunks of 64 KiB. */
async function flood(port: number, framing: 'length' | 'chunked', bytes: number) {
  const block = 'a=b&'.repeat(16 * 1024)
  const piece = framing === 'length' ? block : `${block.length.toString(16)}\r\n${block}\r\n`
  const { socket, closed, heard } = connect(
    port,
    head(framing === 'length' ? `content-length: ${bytes}` : 'transfer-encoding: chunked'),
  )
  let sent = 0
  const more = () => {
    while (sent < bytes && socket.writable) {
      sent += block.length
      if (!socket.write(piece)) return void socket.once('drain', more)
    }
    if (framing === 'chunked' && socket.writable) socket.write('0\r\n\r\n')
  }
  more()
  await closed
  return { sent, heard: heard() }
}

test.for(
  Object.entries(NAIVE).flatMap(([name, read]) =>
    (['length', 'chunked'] as const).map((framing) => ({ name, framing, read })),
  ),
)('$name of 200 MB ($framing) is cut at once, with little memory', async ({ framing, read }) => {
  const { port, address } = await serve(read)
  const [cpu, memory] = [process.cpuUsage(), process.memoryUsage.rss()]
  const { sent } = await flood(port, framing, 200 * MIB)
  const { user, system } = process.cpuUsage(cpu)
  // Data in the socket buffers of both ends, and data discarded so that the consumer can read the answer.
  expect(sent).toBeLessThan(32 * MIB)
  expect((user + system) / 1_000).toBeLessThan(1_500)
  expect(process.memoryUsage.rss() - memory).toBeLessThan(100 * MIB)
  expect(await (await fetch(address, { headers: { connection: 'close' } })).text()).toBe('alive')
})

test.for(Object.entries(NAIVE))(
  'a body just above the cap is answered, and %s does not get it',
  async ([, read]) => {
    const { port } = await serve(read)
    const body = 'x'.repeat(CAP + 1)
    const declared = await connect(port, `${head(`content-length: ${body.length}`)}${body}`).closed
    const size = body.length.toString(16)
    const chunked = await connect(
      port,
      `${head('transfer-encoding: chunked')}${size}\r\n${body}\r\n0\r\n\r\n`,
    ).closed
    for (const { heard } of [declared, chunked]) {
      expect(heard).toMatch(/^HTTP\/1\.1 (413|500|400) .*connection: close/is)
      expect(heard).not.toContain('read')
    }
  },
)

test('a body of exactly the cap is read, with a length and without, and the connection stays', async () => {
  const { port } = await serve((request) => request.text())
  const body = 'x'.repeat(CAP)
  const { socket, heard } = connect(port, `${head(`content-length: ${CAP}`)}${body}`)
  socket.write(`${head('transfer-encoding: chunked')}${CAP.toString(16)}\r\n${body}\r\n0\r\n\r\n`)
  await expect.poll(() => heard().split('200 OK').length).toBe(3)
  socket.destroy()
})

test('a body above the cap gets no 100 Continue', async () => {
  const { port } = await serve((request) => request.text())
  const { heard } = await connect(port, head(`content-length: ${CAP + 1}`, 'expect: 100-continue')).closed
  expect(heard).toMatch(/^HTTP\/1\.1 413 /)
})

test('an unread body of any length does not harm the process', async () => {
  const { port, address } = await serve(async () => undefined)
  for (const framing of ['chunked', 'length'] as const)
    expect((await flood(port, framing, 200 * MIB)).sent).toBeLessThan(32 * MIB)
  expect(await (await fetch(address, { headers: { connection: 'close' } })).text()).toBe('alive')
})

test('an endless slow chunked body is cut within 10 s, and the handler gets an error', async () => {
  let failed = false
  const { port } = await serve(async (request) => {
    await request.text().catch(() => {
      failed = true
    })
  })
  const { socket, closed } = connect(port, head('transfer-encoding: chunked'))
  const drip = setInterval(() => socket.writable && socket.write('1\r\nx\r\n'), 300)
  onTestFinished(() => clearInterval(drip))
  expect((await closed).ms).toBeLessThan(10_000)
  await expect.poll(() => failed).toBe(true)
}, 15_000)
