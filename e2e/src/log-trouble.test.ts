import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SERVICES } from '@harbor/shared-clients'
import { freePort, freePortBlock } from '@harbor/shared-testing/free-port'
import { afterAll, describe, expect, it } from 'vitest'
import { BFFS } from '../../bffs.ts'
import { spawnServer } from './harness.ts'

const PIPE_BYTES = 65_536
let pipes = 0

const folder = mkdtempSync(join(tmpdir(), 'harbor-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Where a log may go, and what `/readyz` says of it then. */
const OUTPUTS = [
  {
    name: 'a full disk',
    trouble: 'ENOSPC',
    open: () => ({ fd: openSync('/dev/full', 'w'), after: () => {} }),
  },
  { name: 'a pipe whose reader has stopped', trouble: 'blocked', open: () => fullPipe() },
  {
    name: 'a pipe whose reader is gone',
    trouble: 'EPIPE',
    open: () => {
      const { fd, reader } = fullPipe()
      return { fd, after: () => closeSync(reader) }
    },
  },
]

/** A pipe with no room left, and a reader that never reads. */
function fullPipe() {
  const path = join(folder, `pipe-${pipes++}`)
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const fd = openSync(path, 'w')
  writeSync(fd, Buffer.alloc(PIPE_BYTES))
  return { fd, reader, after: () => {} }
}

describe.each(OUTPUTS)('a log on $name', ({ trouble, open }) => {
  it.each(BFFS.map(({ name }) => name))(
    'leaves %s alive, says so on /readyz, and SIGTERM is obeyed',
    async (name) => {
      const { fd, after } = open()
      const port = await freePort()
      const settings = { MANAGEMENT_PORT: String(port) }
      const child = spawnServer(name, settings, fd)
      closeSync(fd)
      after()
      const details = async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
        return (await answer.json()).details.log
      }
      await expect.poll(details, { timeout: 30_000, interval: 100 }).toMatchObject({ trouble })
      expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200)
      child.kill('SIGTERM')
      const [code] = await once(child, 'exit')
      expect(code).toBe(0)
    },
  )

  it('leaves the domain services alive, and SIGTERM is obeyed', async () => {
    const { fd, after } = open()
    const port = await freePortBlock(1 + SERVICES.length)
    const child = spawnServer('mock-services', { PORT: String(port) }, fd)
    closeSync(fd)
    after()
    const status = async () => (await fetch(`http://127.0.0.1:${port}/calls`)).status
    await expect.poll(status, { timeout: 30_000, interval: 100 }).toBe(200)
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })
})
