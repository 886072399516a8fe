import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * A program of the machine, by the first of its names that is found: absent, the tests that need it are
 * skipped, with a line that says so.
 * @throws in CI, where nothing may be skipped
 */
export function findTool(...names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
  if (found === undefined && process.env.CI === 'true') throw new Error(`${names[0]} is needed in CI`)
  if (found === undefined) process.stderr.write(`skipped: what needs ${names.join(' or ')}\n`)
  return found
}

/** Runs a program until it ends; gives what it wrote on its standard output, as latin1 characters. */
export async function runTool(tool: string, args: readonly string[]): Promise<string> {
  const child = startTool(tool, args)
  await child.ended
  return child.output()
}

/** A program that goes on running while the test does something else. */
export function startTool(tool: string, args: readonly string[]) {
  const child: ChildProcess = spawn(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
  return {
    output: () => Buffer.concat(output).toString('latin1'),
    errors: () => Buffer.concat(errors).toString('latin1'),
    end: () => child.kill(),
    ended: new Promise<void>((resolve) => child.once('close', () => resolve())),
  }
}
