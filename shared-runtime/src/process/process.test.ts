import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { holdsHttpEdges } from '@harbor/shared-testing/http-edges'
import { Pool } from 'undici'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { runProgram } from '../../test/run-program.ts'
import { listen } from '../http/http-server.ts'

/** A process with one HTTP part, which answers after `?ms=`, and whose readiness can be switched off. */
const SHOP = `
  import { setTimeout as pause } from 'node:timers/promises'
  import { httpPart } from '@harbor/shared-runtime/http-server'
  import { createLog } from '@harbor/shared-runtime/log'
  import { StartError } from '@harbor/shared-runtime/part'
  import { runProcess } from '@harbor/shared-runtime/process'

  let reason
  const fetch = async (request) => {
    const url = new URL(request.url)
    if (url.pathname === '/unready') reason = 'the stock is not known'
    if (url.pathname === '/throw') setTimeout(() => { throw new Error('nobody foresaw this') })
    await pause(Number(url.searchParams.get('ms') ?? 0))
    return new Response(url.searchParams.get('n') ?? 'ok')
  }
  const http = httpPart({ name: 'http', fetch, host: '127.0.0.1', port: Number(process.env.PORT ?? 0), portSetting: 'PORT' })
  const parts = {
    stock: { name: 'stock', start: async () => undefined, stop: async () => {}, unready: () => reason },
    // Starts until SIGTERM has arrived, however busy the machine.
    slow: { name: 'slow', start: () => { console.error('starting'); return new Promise((resolve) => process.once('SIGTERM', () => setTimeout(resolve, 100))) }, stop: async () => {} },
    broken: { name: 'broken', start: async () => undefined, stop: async () => { throw new Error('cannot stop') } },
    failing: { name: 'failing', start: async () => { throw new StartError('it is Sunday.') }, stop: async () => {} },
    raising: { name: 'raising', start: async () => { throw new TypeError('x is not a function') }, stop: async () => {} },
    http,
  }
  await runProcess({
    name: 'shop',
    log: createLog('shop'),
    host: '127.0.0.1',
    managementPort: 0,
    drainDelayS: Number(process.env.DRAIN_DELAY ?? 0),
    parts: (process.env.PARTS ?? 'stock,http').split(',').map((name) => parts[name]),
  })
`

async function startShop(env: Record<string, string> = {}) {
  const shop = runProgram(SHOP, env)
  const { http = '', management = '' } = await shop.ready
  return { ...shop, http, management }
}

async function get(url: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, { headers: { connection: 'close' } })
  const text = await answer.text()
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

test.concurrent('a serving process is alive and ready, on its management port only', async () => {
  const { http, management } = await startShop()
  expect(await get(`${management}/livez`)).toEqual({ status: 200, body: { status: 'ok' } })
  expect(await get(`${management}/readyz`)).toEqual({
    status: 200,
    body: { status: 'ready', unready: {}, details: { log: { lostLines: 0 } } },
  })
  expect((await get(`${http}/readyz`)).body).toBe('ok') // the shop's own page
})

test.concurrent('a part that is not ready makes the process unready, with the reason, but still alive', async () => {
  const { http, management } = await startShop()
  await get(`${http}/unready`)
  expect(await get(`${management}/readyz`)).toEqual({
    status: 503,
    body: {
      status: 'unready',
      unready: { stock: 'the stock is not known' },
      details: { log: { lostLines: 0 } },
    },
  })
  expect((await get(`${management}/livez`)).status).toBe(200)
})

test.concurrent('a draining process is alive, not ready, and finishes running requests', async () => {
  const { child, http, management, exited } = await startShop()
  const slow = get(`${http}/?ms=1500&n=finished`)
  await pause(200)
  child.kill('SIGTERM')
  await pause(200)
  expect(await get(`${management}/readyz`)).toMatchObject({ status: 503, body: { status: 'draining' } })
  expect((await get(`${management}/livez`)).status).toBe(200)
  await expect(get(http)).rejects.toThrow()
  expect(await slow).toEqual({ status: 200, body: 'finished' })
  expect((await exited).code).toBe(0)
})

test('SIGTERM under load on keep-alive connections loses no request', async () => {
  const { child, http, exited } = await startShop()
  const pool = new Pool(http, { connections: 8, pipelining: 1 })
  onTestFinished(() => pool.destroy())
  let answered = 0
  let next = 0
  const lost: unknown[] = []
  let sigterm = Number.POSITIVE_INFINITY

  /** Sends requests until no new connection is accepted, as behind a proxy. */
  async function hammer(): Promise<void> {
    while (performance.now() < sigterm + 4_000) {
      const n = String(next++)
      try {
        const { statusCode, body } = await pool.request({ method: 'GET', path: `/?n=${n}&ms=${next % 7}` })
        if (statusCode !== 200 || (await body.text()) !== n) lost.push(`${n}: ${statusCode}`)
        answered++
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return
        lost.push(error)
      }
    }
  }
  const hammers = Array.from({ length: 8 }, hammer)
  await pause(700)
  const before = answered
  child.kill('SIGTERM')
  sigterm = performance.now()
  await Promise.all(hammers)
  const { code } = await exited
  expect({ lost, code }).toEqual({ lost: [], code: 0 })
  expect(performance.now() - sigterm).toBeLessThan(10_000)
  expect(before).toBeGreaterThan(50)
}, 20_000)

test.concurrent('a taken port ends the process with code 1 and one message that says how to fix it', async () => {
  const taken = createServer()
  const port = new URL(await listen(taken, '127.0.0.1', 0, 'PORT')).port
  const { exited, output } = runProgram(SHOP, { PORT: port })
  expect((await exited).code).toBe(1)
  expect(output.stderr).toBe(
    `shop did not start: port ${port} on 127.0.0.1 is already in use. Set PORT to a free port.\n`,
  )
  taken.close()
})

test.concurrent('a part that fails to start ends the process with code 1; only a bug is shown with a stack', async () => {
  const failing = runProgram(SHOP, { PARTS: 'stock,failing,http' })
  const raising = runProgram(SHOP, { PARTS: 'raising' })
  expect((await failing.exited).code).toBe(1)
  expect(failing.output.stderr).toBe('shop did not start: it is Sunday.\n')
  expect((await raising.exited).code).toBe(1)
  expect(raising.output.stderr).toMatch(/^shop did not start: TypeError: x is not a function\n +at /)
})

test.concurrent('a part that fails to stop does not prevent others from stopping', async () => {
  const { child, http, exited, output } = await startShop({ PARTS: 'http,broken' })
  const slow = get(`${http}/?ms=800&n=finished`)
  await pause(200)
  child.kill('SIGTERM')
  expect(await slow).toEqual({ status: 200, body: 'finished' })
  expect((await exited).code).toBe(0)
  expect(output.stdout).toContain('cannot stop')
})

test.concurrent('SIGTERM while a part is starting ends the process before it is ready', async () => {
  const { child, exited, output } = runProgram(SHOP, { PARTS: 'slow,http' })
  await expect.poll(() => output.stderr, { timeout: 15_000 }).toContain('starting')
  child.kill('SIGTERM')
  const { code } = await exited
  expect(code).toBe(0)
  expect(output.stdout).not.toContain('"msg":"ready"')
})

test.concurrent('an unexpected error is logged, and ends the process with code 1 after running requests', async () => {
  const { http, exited, output } = await startShop()
  const slow = get(`${http}/?ms=600&n=finished`)
  await pause(100)
  await get(`${http}/throw`)
  expect(await slow).toEqual({ status: 200, body: 'finished' })
  expect((await exited).code).toBe(1)
  expect(output.stdout).toContain('nobody foresaw this')
})

test.concurrent('with a drain delay it becomes unready at once, and accepts requests until the delay is over', async () => {
  const { child, http, management, exited } = await startShop({ DRAIN_DELAY: '2' })
  child.kill('SIGTERM')
  await pause(300)
  expect(await get(`${management}/readyz`)).toMatchObject({ status: 503, body: { status: 'draining' } })
  expect(await get(http)).toEqual({ status: 200, body: 'ok' })
  const giveUpAt = performance.now() + 5_000
  let last: unknown
  while (last !== 'refused' && performance.now() < giveUpAt) last = await get(http).catch(() => 'refused')
  expect(last).toBe('refused')
  expect((await exited).code).toBe(0)
})

test.concurrent('duplicate signals of one Ctrl-C and a repeated SIGTERM do not shorten the drain', async () => {
  const { child, http, exited } = await startShop()
  const slow = get(`${http}/?ms=1800&n=finished`)
  await pause(200)
  child.kill('SIGINT')
  await pause(100)
  child.kill('SIGINT')
  child.kill('SIGTERM')
  await pause(1_200)
  child.kill('SIGTERM')
  expect(await slow).toEqual({ status: 200, body: 'finished' })
  expect((await exited).code).toBe(0)
})

test.concurrent('a second Ctrl-C ends it at once', async () => {
  const { child, http, exited } = await startShop()
  const slow = get(`${http}/?ms=8000`).catch((error: unknown) => error)
  await pause(200)
  child.kill('SIGINT')
  await pause(1_300)
  const again = performance.now()
  child.kill('SIGINT')
  expect((await exited).code).toBe(1)
  expect(performance.now() - again).toBeLessThan(1_000)
  expect(await slow).toBeInstanceOf(Error)
})

test('with few open files, idle connections block neither the management port nor running requests', async () => {
  const shop = runProgram(SHOP, {}, 256)
  const { http = '', management = '' } = await shop.ready
  const kept = new Pool(http, { connections: 1 })
  onTestFinished(() => kept.destroy())
  const ask = async () => (await kept.request({ method: 'GET', path: '/?n=answered' })).body.text()
  expect(await ask()).toBe('answered')
  const idle = Array.from({ length: 400 }, () => connect(Number(new URL(http).port), '127.0.0.1'))
  for (const socket of idle) socket.on('error', () => {})
  onTestFinished(() => idle.forEach((socket) => void socket.destroy()))
  await expect
    .poll(async () => (await get(`${management}/readyz`)).body, { timeout: 10_000 })
    .toMatchObject({ status: 'ready', details: { http: { maxConnections: 96, dropped: 305 } } })
  expect((await get(`${management}/livez`)).status).toBe(200)
  expect(await ask()).toBe('answered')
  expect(shop.output.stdout).toContain(
    '96 consumer connections at most, because of the limit of 256 open files',
  )
})

describe('the management port', () => {
  let port = 0
  beforeAll(async () => {
    port = Number(new URL((await startShop()).management).port)
  })
  holdsHttpEdges('management', { port: () => port, path: '/livez', allow: 'GET, HEAD' })
})
