import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import { until } from '../until.ts'
import { freePort } from './free-port.ts'

const BINARY = 'redis-server'
const started = new Set<RedisServer>()
process.once('exit', () => {
  for (const server of started) server.kill()
})

/** Whether there is a `redis-server`; says so when not, and fails in CI, where nothing may be left out in silence. */
export function hasRedis(): boolean {
  const found = spawnSync(BINARY, ['--version']).status === 0
  if (!found && process.env.CI === 'true') throw new Error(`${BINARY} is not installed`)
  if (!found) process.stderr.write(`skipped: ${BINARY} is not installed\n`)
  return found
}

/** Ends every server that this process started and that still runs. */
export function stopRedisServers(): void {
  for (const server of started) server.kill()
}

/** A `redis-server` of a test's own: on a port of its own, in a directory of its own, with nothing kept. */
export class RedisServer {
  readonly port: number
  readonly #dir = mkdtempSync(path.join(tmpdir(), 'redis-test-'))
  readonly #options: readonly string[]
  #child: ChildProcess | undefined

  constructor(port: number, options: readonly string[] = []) {
    this.port = port
    this.#options = options
  }

  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options)
    await server.start()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it, or starts it again after a kill, empty. */
  async start(): Promise<void> {
    const settings = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#child = spawn(BINARY, [...settings, '--dir', this.#dir, ...this.#options], { stdio: 'ignore' })
    started.add(this)
    await until(() => this.ask('PING').then(() => true))
  }

  /** One command over a connection of its own. */
  async ask(command: string, ...args: (string | number)[]): Promise<unknown> {
    const redis = new Redis(this.port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
    redis.on('error', () => {})
    try {
      await redis.connect()
      return await redis.call(command, ...args)
    } finally {
      redis.disconnect()
    }
  }

  /** It neither answers nor closes a connection. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  crash(): void {
    this.#child?.kill('SIGKILL')
  }

  /** Crashes, and starts again on the same port, empty. */
  async restart(): Promise<void> {
    const exited = this.#child && this.#child.exitCode === null && once(this.#child, 'exit')
    this.crash()
    await exited
    await this.start()
  }

  kill(): void {
    this.crash()
    started.delete(this)
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

export type TestCluster = {
  readonly url: string
  readonly masters: RedisServer[]
  readonly replicas: RedisServer[]
}

/** Three masters with a replica each, ready to serve. */
export async function startCluster(): Promise<TestCluster> {
  const nodes = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const bus = ['--cluster-enabled', 'yes', '--cluster-port', `${await freePort()}`]
      return RedisServer.start([...bus, '--cluster-node-timeout', '1000', '--repl-diskless-sync-delay', '0'])
    }),
  )
  const masters = nodes.slice(0, 3)
  const replicas = nodes.slice(3)
  const [first] = masters as [RedisServer]
  const buses = await Promise.all(nodes.map(async (node) => [node, await busPort(node)] as const))
  for (const [node, bus] of buses.slice(1)) await first.ask('CLUSTER', 'MEET', '127.0.0.1', node.port, bus)
  const ranges = [
    [0, 5460],
    [5461, 10922],
    [10923, 16383],
  ] as const
  const epoch = masters.map((node, i) => node.ask('CLUSTER', 'ADDSLOTSRANGE', ...(ranges[i] ?? [])))
  await Promise.all(epoch)
  for (const [i, replica] of replicas.entries()) {
    const id = String(await masters[i]?.ask('CLUSTER', 'MYID'))
    await until(() => replica.ask('CLUSTER', 'REPLICATE', id).then(() => true))
  }
  await until(async () => {
    const infos = await Promise.all(nodes.map((node) => node.ask('CLUSTER', 'INFO')))
    const slots = String(await first.ask('CLUSTER', 'NODES'))
    const known = slots.match(/slave/g)?.length === 3
    return (
      known && infos.every((info) => /cluster_state:ok/.test(`${info}`) && /known_nodes:6/.test(`${info}`))
    )
  }, 20_000)
  return { url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join()}`, masters, replicas }
}

const busPort = async (node: RedisServer) => {
  const config = await node.ask('CONFIG', 'GET', 'cluster-port')
  return Number(Array.isArray(config) ? config[1] : Object.values(config as object)[0])
}
