import { readFile, writeFile } from 'node:fs/promises'
import { openSecurity, type Security } from './oscore.ts'

/** Numbers that a run of this program may use at most; a label writes its flash so often less. */
const RESERVED = 1_000

/**
 * The security context in a file, as `POST /devices/{id}/contexts` answered it. Beside it stands the first sequence
 * number that was never used: it is written before any of the reserved ones leaves, so a crash repeats none.
 */
export async function securityFromFile(file: string): Promise<Security> {
  const { context } = JSON.parse(await readFile(file, 'utf8'))
  const first = Number(await readFile(`${file}.sequence`, 'utf8').catch(() => '0'))
  await writeFile(`${file}.sequence`, String(first + RESERVED))
  return openSecurity(context, first)
}
