import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import net from 'node:net'
import { createInterface } from 'node:readline'

/** A server in a process of its own, with what the kernel says of it and of its children. */
export type RunningServer = {
  readonly name: string
  readonly address: string
  /** Milliseconds from the start of the process until it said that it is ready. */
  readonly startMs: number
  /** Microseconds of CPU that all its threads have used so far. */
  cpuUs(): number
  /** Resident memory now, in MB. */
  rssMb(): number
  stop(): Promise<void>
}

type Options = {
  name: string
  /** A program and its arguments; `node` stands for the Node of this process. */
  command: readonly string[]
  cwd?: string
  env?: Readonly<Record<string, string>>
  /** Of a program that does not log `{"msg":"ready","addresses":{"http"}}`, such as nginx: its address. */
  address?: string
}

const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Starts a server and waits until it is ready. Its log goes through a pipe, as in production. */
export async function runServer({ name, command, cwd, env, address }: Options): Promise<RunningServer> {
  const [program = '', ...args] = command
  const begun = performance.now()
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    // Varnish tells about itself on standard error.
    stdio: ['ignore', 'pipe', address === undefined ? 'inherit' : 'ignore'],
  })
  children.add(child)
  const { pid = 0 } = child
  const at = address === undefined ? await addressIn(child, name) : await listening(address, name)
  const startMs = performance.now() - begun
  child.stdout?.resume()
  return {
    name,
    address: at,
    startMs,
    cpuUs: () => familyOf(pid).reduce((sum, member) => sum + cpuUsOf(member), 0),
    rssMb: () => familyOf(pid).reduce((sum, member) => sum + rssMbOf(member), 0),
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
      children.delete(child)
    },
  }
}

const START_MS = 30_000

function addressIn(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name}: not ready in ${START_MS} ms`)), START_MS)
    child.once('exit', (code) => reject(new Error(`${name}: ended with code ${code}`)))
    if (!child.stdout) return reject(new Error(`${name}: no output`))
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      if (!line.includes('"ready"')) return
      clearTimeout(timer)
      lines.close()
      resolve(JSON.parse(line).addresses.http)
    })
  })
}

async function listening(address: string, name: string): Promise<string> {
  const deadline = performance.now() + START_MS
  while (!(await accepts(new URL(address).port))) {
    if (performance.now() > deadline) throw new Error(`${name}: does not listen on ${address}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return address
}

async function accepts(port: string): Promise<boolean> {
  const socket = net.connect(Number(port), '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** A process and its children: nginx and Varnish answer in one. */
function familyOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(familyOf)]
}

/** Nanoseconds on a CPU, exact, unlike the ticks of 10 ms in `/proc/PID/stat`. */
function cpuUsOf(pid: number): number {
  let ns = 0
  for (const task of readdirSync(`/proc/${pid}/task`))
    ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0])
  return ns / 1_000
}

function rssMbOf(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kb) / 1_024
}
