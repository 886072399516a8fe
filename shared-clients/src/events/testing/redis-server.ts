import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

const MISSING = spawnSync('redis-server', ['--version']).error !== undefined
if (MISSING && process.env.CI === 'true') throw new Error('redis-server is not installed, and CI=true')
if (MISSING) console.warn('redis-server is not installed: what needs a real Redis is skipped')

/** For `describe.skipIf`. */
export const noRedis = MISSING

export type RedisServer = Awaited<ReturnType<typeof startRedis>>

/** A Redis process of a test's own, in memory alone, on a free port that it keeps over restarts. */
export async function startRedis(more: readonly string[] = []) {
  const port = await freePort()
  const dir = await mkdtemp(join(tmpdir(), 'redis-'))
  const options = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    dir,
  ]
  const launch = () => launchOn(port, [...options, ...more])
  let child = await launch()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    /** Dies at once, and with it all that it knew. */
    kill: () => end(child),
    async restart() {
      await end(child)
      child = await launch()
    },
    async close() {
      await end(child)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function launchOn(port: number, options: readonly string[]): Promise<ChildProcess> {
  const child = spawn('redis-server', options, { stdio: 'ignore' })
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) break
    const probe = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
    probe.on('error', () => {})
    const up = await probe.connect().then(
      () => true,
      () => false,
    )
    probe.disconnect()
    if (up) return child
    await sleep(30)
  }
  child.kill('SIGKILL')
  throw new Error(`redis-server did not come up on port ${port}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
}

/** Low enough for the port that a cluster's node listens on, too: 10,000 above. */
const HIGHEST = 55_000

async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    if (port <= HIGHEST) return port
  }
}
