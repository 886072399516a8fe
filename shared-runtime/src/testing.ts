import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import net from 'node:net'
import type { Readable } from 'node:stream'
import { afterAll } from 'vitest'

const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** A process of a test's own: ends with the test file at the latest. */
export type TestProcess = {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  /** What it has written so far. */
  readonly output: { stdout: string; stderr: string }
  /** The addresses that it logged when it was ready. */
  readonly ready: Promise<Record<string, string>>
  readonly exited: Promise<{ code: number | null; ms: number }>
}

/** Runs a TypeScript program that imports modules of this package as `./name.ts`. */
export function runProgram(program: string, env: Record<string, string> = {}): TestProcess {
  const source = program.replace(
    /'(\.\/[\w-]+\.ts)'/g,
    (_, path) => `'${new URL(path, import.meta.url).href}'`,
  )
  const started = performance.now()
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', source], {
    cwd: import.meta.dirname,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  const output = { stdout: '', stderr: '' }
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  const exited = new Promise<{ code: number | null; ms: number }>((resolve) =>
    child.once('close', (code) => resolve({ code, ms: performance.now() - started })),
  )
  const ready = new Promise<Record<string, string>>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk
      const line = output.stdout.split('\n').find((text) => text.includes('"msg":"ready"'))
      if (line) resolve(JSON.parse(line).addresses)
    })
    exited.then(({ code }) => reject(new Error(`ended with ${code}: ${output.stderr}`)))
  })
  ready.catch(() => {})
  return { child, output, ready, exited }
}

/** A raw connection that says what it is told, and all that it hears until it is closed. */
export function connect(port: number, text = '') {
  const socket = net.connect(port, '127.0.0.1')
  const start = performance.now()
  let heard = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk
  })
  socket.write(text)
  const closed = new Promise<{ heard: string; ms: number }>((resolve) =>
    socket.on('error', () => {}).once('close', () => resolve({ heard, ms: performance.now() - start })),
  )
  return { socket, closed, heard: () => heard }
}
