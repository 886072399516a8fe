import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ServiceName } from '@harbor/shared-clients'
import { freePort } from '@harbor/shared-testing/free-port'
import { BFFS, type BffName } from '../../bffs.ts'
import { lintAnswer } from './cookie-linter.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const START_MS = 120_000

/** What `GET /demo` of the control port answers. */
type Demo = {
  customer: { username: string; password: string; id: string }
  staff: { username: string; password: string; id: string }
  mobileAccessToken: string
  webAccessToken: string
  staffAccessToken: string
  device: { id: string; key: string; store: string; list: string }
  productId: string
  sku: string
  cartId: string
  orderId: string
  services: Record<ServiceName | 'images', string>
}

/** A running process of ours. */
export type Running = {
  /** By the name of the part: `http`, `management`, `coap`, `mqtt`. */
  addresses: Readonly<Record<string, string>>
  /** Every line that it logged. */
  lines: readonly string[]
  /** What it has written to standard error. */
  errors: readonly string[]
  pid: number
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL: it dies in the middle of its work. */
  kill(): Promise<void>
}

/** Settings of replicas that share a Redis. */
export const SEAL_KEYS = randomBytes(32).toString('base64')

const running = new Set<ChildProcess>()

// Every answer that a test of the whole run gets by fetch: no other process than the web BFF sets a cookie.
const { fetch: send } = globalThis
globalThis.fetch = async (...args) => lintAnswer(await send(...args))
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts `<name>/src/server.ts` on free ports and waits for its line `ready`. */
export async function startProcess(name: string, env: Record<string, string> = {}): Promise<Running> {
  const child = spawnServer(name, env)
  const lines: string[] = []
  const errors: string[] = []
  child.stderr?.on('data', (chunk) => errors.push(String(chunk)))
  const addresses = await new Promise<Record<string, string>>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in ${START_MS} ms`)), START_MS)
    child.once('exit', (code) => reject(new Error(`${name} ended with code ${code}: ${errors.join('')}`)))
    if (!child.stdout) return reject(new Error(`${name} has no output`))
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const ready = addressesOf(line)
      if (!ready) return
      clearTimeout(timer)
      resolve(ready)
    })
  })
  return {
    addresses,
    lines,
    errors,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      child.kill('SIGTERM')
      const [code] = await once(child, 'exit')
      return code
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

/** Runs a server that is expected not to start; returns its exit code and output. */
export async function startFailing(
  name: string,
  env: Record<string, string>,
): Promise<{ code: number | null; said: string }> {
  const child = spawnServer(name, env)
  const said: string[] = []
  child.stderr?.on('data', (chunk) => said.push(String(chunk)))
  const [code] = await once(child, 'close')
  return { code, said: said.join('') }
}

/** All users of a test have one address, and are often one user. */
const UNLIMITED = {
  RATE_LIMIT_ADDRESS: '100000000/60',
  RATE_LIMIT_AUTH: '100000000/60',
  RATE_LIMIT_SESSION: '100000000/60',
  RATE_LIMIT_USER: '100000000/60',
  RATE_LIMIT_CLIENT: '100000000/60',
}

/** The ports that a BFF listens on beside HTTP. */
const FREE_PORTS = Object.fromEntries(
  BFFS.flatMap(({ ports }) => Object.keys(ports).map((setting) => [setting, '0'])),
)

/** Starts `<name>/src/server.ts` on free ports; `stdout` is where its log goes. */
export function spawnServer(
  name: string,
  env: Record<string, string>,
  stdout: 'pipe' | number = 'pipe',
): ChildProcess {
  const child = spawn(process.execPath, ['src/server.ts'], {
    cwd: `${root}/${name}`,
    env: { PATH: process.env.PATH, PORT: '0', MANAGEMENT_PORT: '0', ...FREE_PORTS, ...UNLIMITED, ...env },
    stdio: ['ignore', stdout, 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** A BFF logs `{msg: "ready", addresses}`; mock-services logs `{ready: true, control}`. */
function addressesOf(line: string): Record<string, string> | undefined {
  if (!line.includes('"ready"')) return undefined
  const { msg, addresses, ready, control } = JSON.parse(line)
  if (ready === true) return { control }
  return msg === 'ready' ? addresses : undefined
}

export type System = {
  control: string
  demo: Demo
  web: string
  mobile: string
  devices: Running
  mobileProcess: Running
  webProcess: Running
  /** Sets the faults of a domain service. */
  fault(service: ServiceName, fault: Record<string, unknown>): Promise<void>
  /** Removes all faults, including the default ones. */
  heal(): Promise<void>
  /** Calls to the domain services since the last `forgetCalls`, by service. */
  calls(): Promise<Record<string, number>>
  forgetCalls(): Promise<void>
  stop(): Promise<void>
}

/** A user's first requests pay for tokens and compilation, on a shared machine more than their budget. */
async function warm(requests: readonly (readonly [url: string, token?: string])[]): Promise<void> {
  for (const [url, token] of requests)
    for (let attempt = 0; attempt < 20; attempt++) {
      const answer = await fetch(url, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      })
      await answer.arrayBuffer()
      if (answer.ok && !answer.headers.has('x-degraded')) break
    }
}

/** The settings that point a BFF at these services, and its consumers at the image service. */
export const upstreamAddresses = (services: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(services).map(([name, url]) => [`${name.toUpperCase()}_URL`, url]))

/** The public URL of a web BFF without that setting. */
export const publicUrl = ({ addresses }: Running): string =>
  `http://localhost:${new URL(addresses.http ?? '').port}`

/** The whole system as real processes on free ports. */
export async function startSystem(): Promise<System> {
  const webPort = String(await freePort())
  const services = await startProcess('mock-services', { WEB_BFF_URL: `http://localhost:${webPort}` })
  const control = services.addresses.control ?? ''
  const demo = (await (await fetch(`${control}/demo`)).json()) as Demo
  const upstreams = { ...upstreamAddresses(demo.services), EVENTS_URL: `${control}/events` }
  const bffs = new Map(
    await Promise.all(
      BFFS.map(async ({ name, env }) => {
        const port = name === 'graphql-bff' ? { PORT: webPort } : {}
        return [name, await startProcess(name, { ...env, ...upstreams, ...port })] as const
      }),
    ),
  )
  const bff = (name: BffName): Running => {
    const process = bffs.get(name)
    if (!process) throw new TypeError(`${name} is not in bffs.ts`)
    return process
  }
  const [web, mobile, devices] = [bff('graphql-bff'), bff('rest-mobile-bff'), bff('iot-bff')]
  const request = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${control}${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  await request('DELETE', '/faults')
  await warm([
    [`${mobile.addresses.http}/v1/home`, demo.mobileAccessToken],
    [`${mobile.addresses.http}/v1/products/${demo.productId}`],
    [`${mobile.addresses.http}/v2/checkout-summary?cartId=${demo.cartId}`, demo.mobileAccessToken],
  ])

  return {
    control,
    demo,
    web: publicUrl(web),
    mobile: mobile.addresses.http ?? '',
    devices,
    mobileProcess: mobile,
    webProcess: web,
    fault: async (service, fault) => void (await request('PUT', `/faults/${service}`, fault)),
    heal: async () => void (await request('DELETE', '/faults')),
    async calls() {
      const counts = (await (await request('GET', '/calls')).json()) as Record<string, Record<string, number>>
      return Object.fromEntries(
        Object.entries(counts).map(([service, paths]) => [
          service,
          Object.values(paths).reduce((a, b) => a + b, 0),
        ]),
      )
    },
    forgetCalls: async () => void (await request('DELETE', '/calls')),
    async stop() {
      await Promise.all([...bffs.values()].map((process) => process.stop()))
      await services.stop()
    },
  }
}
