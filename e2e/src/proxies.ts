import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@harbor/shared-testing/free-port'
import { runTool, startTool } from '@harbor/shared-testing/tools'
import { until } from '@harbor/shared-testing/until'

/** A cache of another maker before the mobile BFF, with the configuration that we ship. */
export type SharedCache = {
  address: string
  /** How many answers it keeps. */
  kept(): Promise<number>
  stop(): Promise<void>
}

/** How a proxy is started in a directory of its own: `port` is free, `bff` is `host:port`, or several of them. */
export type StartProxy = (
  tool: string,
  at: { port: number; bff: string | readonly string[] },
) => Promise<SharedCache>

const configuration = (file: string) => new URL(`../../deploy/proxy/${file}`, import.meta.url)

async function filled(file: string, values: Record<string, string>): Promise<string> {
  const template = await readFile(configuration(file), 'utf8')
  return template.replace(/\$\{(\w+)\}/g, (_, name) => values[name] ?? '')
}

async function run(tool: string, args: readonly string[], address: string) {
  const child = startTool(tool, args)
  let ended = false
  void child.ended.then(() => {
    ended = true
  })
  await until(async () => {
    if (ended) throw new Error(`${tool} ended: ${child.errors()}`)
    return fetch(address).then(
      (answer) => answer.arrayBuffer().then(() => true),
      () => false,
    )
  }, 20_000)
  return child
}

const REPLICA = 'the-replica'

export const startNginx: StartProxy = async (tool, { port, bff }) => {
  const dir = await mkdtemp(join(tmpdir(), 'nginx-'))
  // Started by root, its workers are somebody else.
  await chmod(dir, 0o755)
  const file = join(dir, 'nginx.conf')
  const settings = await filled('nginx.conf', {
    PORT: `127.0.0.1:${port}`,
    BFF: REPLICA,
    PURGERS: '127.0.0.1',
  })
  // One line for each replica, as the file says.
  const server = new RegExp(`^ *server ${REPLICA}.*\\n`, 'm')
  await writeFile(
    file,
    settings.replace(server, (line) =>
      [bff]
        .flat()
        .map((at) => line.replace(REPLICA, at))
        .join(''),
    ),
  )
  const address = `http://127.0.0.1:${port}`
  const child = await run(tool, ['-p', dir, '-c', file, '-g', 'daemon off;'], address)
  return {
    address,
    kept: async () => {
      const found = await readdir(join(dir, 'cache'), { recursive: true, withFileTypes: true })
      return found.filter((entry) => entry.isFile()).length
    },
    async stop() {
      child.end()
      await child.ended
      await rm(dir, { recursive: true })
    },
  }
}

export const startVarnish: StartProxy = async (tool, { port, bff }) => {
  const dir = await mkdtemp(join(tmpdir(), 'varnish-'))
  const file = join(dir, 'varnish.vcl')
  const [host = '', bffPort = ''] = String(bff).split(':')
  await writeFile(
    file,
    await filled('varnish.vcl', { BFF_HOST: host, BFF_PORT: bffPort, PURGERS: '127.0.0.1' }),
  )
  const work = join(dir, 'work')
  await mkdir(work)
  const address = `http://127.0.0.1:${port}`
  const storage = ['-s', 'screens=malloc,64m', '-s', 'Transient=malloc,16m']
  const child = await run(
    tool,
    ['-F', '-j', 'none', '-a', `127.0.0.1:${port}`, '-f', file, '-n', work, ...storage],
    address,
  )
  return {
    address,
    async kept() {
      const counter = 'SMA.screens.g_alloc'
      const { counters } = JSON.parse(await runTool('varnishstat', ['-n', work, '-j', '-f', counter]))
      // An answer takes two allocations: headers and body. What is passed on goes through another storage.
      return counters[counter].value / 2
    },
    async stop() {
      child.end()
      await child.ended
      await rm(dir, { recursive: true })
    },
  }
}

/** Stands between a proxy and the BFF: counts what gets through, and can give answers a short life. */
export async function startRelay() {
  const state = { target: '', requests: 0, sharedMaxAge: undefined as number | undefined }
  const server = createServer((incoming, outgoing) => {
    state.requests++
    const { method, headers, url } = incoming
    const upstream = request(`${state.target}${url}`, { method, headers }, (answer) => {
      const { sharedMaxAge } = state
      if (sharedMaxAge !== undefined)
        answer.headers['cache-control'] = answer.headers['cache-control']?.replace(
          /s-maxage=\d+/,
          `s-maxage=${sharedMaxAge}`,
        )
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    // The BFF is gone: so is the connection.
    upstream.once('error', () => outgoing.destroy())
    incoming.pipe(upstream)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    state,
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export { freePort }
