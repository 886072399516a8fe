import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { freePortBlock } from '@harbor/shared-testing/free-port'
import { describe, it } from 'vitest'
import { SERVICE_NAMES } from './service-names.ts'

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url))

function run(env: Record<string, string>) {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [SERVER], { env: { PATH, ...env } })
  let out = ''
  let err = ''
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += chunk
      if (out.includes('\n')) resolve(out)
    })
    child.once('exit', () => resolve(out))
  })
  child.stderr.on('data', (chunk) => (err += chunk))
  // Not 'exit': what it wrote last may come after that.
  const exit = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }))
  return { child, firstLine, exit }
}

describe.concurrent('the process', () => {
  it('says in one line where everything is, answers, and ends with 0 on SIGTERM', async ({ expect }) => {
    const { child, firstLine, exit } = run({ PORT: '0' })
    const line = await firstLine
    const { control, services } = JSON.parse(line) as { control: string; services: Record<string, string> }
    for (const path of ['/livez', '/readyz']) expect((await fetch(`${control}${path}`)).status).toBe(200)
    expect(await (await fetch(`${control}/demo`)).json()).toMatchObject({
      customer: { username: 'ada@harbor.example', password: 'harbor', id: 'c1001' },
      staff: { username: 'amy.admin@harbor.example' },
      device: { id: 'd101', key: 'harbor-demo-key-d101', store: 'ber', list: 'shelf' },
      cartId: 'k1001',
      services,
    })
    const stream = await fetch(`${control}/events`)
    const stoppedAt = performance.now()
    child.kill('SIGTERM')
    expect(await exit).toMatchObject({ code: 0, err: '' })
    expect(performance.now() - stoppedAt).toBeLessThan(5_000)
    await stream.body?.cancel().catch(() => {})
  })

  it.for([
    ['PORT', '4100x', /PORT: given "4100x"; allowed: an integer from 0 .*65517/],
    ['PORT', '65530', /PORT: given "65530"; allowed: /],
    ['IDENTITY_ISSUER', 'identity', /IDENTITY_ISSUER: given "identity"; allowed: an http or https address/],
    ['WEB_BFF_URL', 'ftp://x', /WEB_BFF_URL: given "ftp:\/\/x"; allowed: /],
    ['REDIS_URL', 'http://x', /REDIS_URL: given "http:\/\/x"; allowed: a redis or rediss address/],
  ] as const)('refuses %s=%s before it listens', async ([name, value, message], { expect }) => {
    const { code, out, err } = await run({ PORT: '0', [name]: value }).exit
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(message)
    expect(err.trim().split('\n')).toHaveLength(2)
  })

  it('names the service whose port is taken, and what to do', async ({ expect }) => {
    const first = await freePortBlock(1 + SERVICE_NAMES.length)
    const squatter = createServer().listen(first + 3, '127.0.0.1')
    await once(squatter, 'listening')
    const { code, out, err } = await run({ PORT: String(first) }).exit
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toContain('Set PORT')
    expect(err).toMatch(new RegExp(`port ${first + 3} \\(inventory\\) is already in use`))
    expect(err.trim().split('\n')).toHaveLength(1)
    squatter.close()
  })
})
