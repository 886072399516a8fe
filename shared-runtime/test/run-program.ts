import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const SOURCES = new URL('../src/', import.meta.url)
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

/** Runs a TypeScript program, with a limit of open files or the system's, that imports this package as others do. */
export function runProgram(
  program: string,
  env: Record<string, string> = {},
  openFiles?: number,
): TestProcess {
  const started = performance.now()
  const node = [process.execPath, '--input-type=module-typescript', '--eval', program]
  const [command = '', ...args] =
    openFiles === undefined ? node : ['bash', '-c', `ulimit -n ${openFiles}; exec "$0" "$@"`, ...node]
  const child = spawn(command, args, {
    cwd: fileURLToPath(SOURCES),
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
